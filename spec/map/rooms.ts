import type { Imports } from './imports.js';

/** The folder of `src` that a file lies in, or the file itself where it lies in none. */
export function roomOf(file: string): string {
  return file.split('/')[0]!;
}

/** Which rooms each room imports from, types included. */
export function roomsOf(imports: Imports): ReadonlyMap<string, ReadonlySet<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, all] of imports) {
    const room = roomOf(file);
    const others = rooms.get(room) ?? new Set();
    rooms.set(room, others);
    for (const { of } of all) if (imports.has(of) && roomOf(of) !== room) others.add(roomOf(of));
  }
  return rooms;
}
