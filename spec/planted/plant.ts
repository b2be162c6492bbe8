import type { Bug } from './bug.js';

/** The text of the bug's file with the bug in it. Throws where the file is no longer the one that the bug was made for. */
export function plant({ name, file, find, replace }: Bug, text: string): string {
  const parts = text.split(find);
  const times = parts.length - 1;
  if (times !== 1) throw new Error(`${name}: the text to replace occurs ${times} times in ${file}, not once`);
  if (find === replace) throw new Error(`${name}: replaces the text by itself`);
  return parts.join(replace);
}
