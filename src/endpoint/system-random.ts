/** The platform's chance: numbers from 0 to below 1. The default wherever `random` is an option. */
export function systemRandom(): number {
  return Math.random();
}
