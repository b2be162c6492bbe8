/** Seeds that once broke a rule, and what was wrong. Each is run again with every suite. */
export const regressions: readonly { readonly seed: number; readonly steps: number; readonly was: string }[] = [
  { seed: 18, steps: 200, was: 'a slot was free before the socket had closed that its borrower had destroyed' },
  { seed: 4, steps: 500, was: 'an attempt given up while its socket was prepared was no longer owned' },
  { seed: 1528, steps: 500, was: 'a close that took longer than hookTimeout was taken for done' },
  { seed: 73, steps: 500, was: 'what arrived during a slow validation was handed to the next borrower' },
  { seed: 103, steps: 500, was: 'waiters were not served when an endpoint was proven while an attempt hung' },
];
