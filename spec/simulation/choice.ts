/** One of a list, by a number from 0 to below 1. */
export function choose<T>(from: readonly T[], by: number): T | undefined {
  return from[Math.floor(by * from.length)];
}
