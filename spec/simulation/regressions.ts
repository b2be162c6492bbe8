/** A seed that once broke a rule, and what was wrong. */
export interface Regression {
  readonly seed: number;
  readonly steps: number;
  /** Found before there were worlds with many endpoints and many clients. */
  readonly isPlain?: boolean;
  readonly was: string;
}

/** Each is run again with every suite. */
export const regressions: readonly Regression[] = [
  {
    seed: 1_000_143,
    steps: 300,
    isPlain: true,
    was: 'a slot was free before the socket had closed that its borrower had destroyed',
  },
  { seed: 6, steps: 500, isPlain: true, was: 'an attempt given up while its socket was prepared was no longer owned' },
  { seed: 41, steps: 500, isPlain: true, was: 'a close that took longer than hookTimeout was taken for done' },
  { seed: 2, steps: 500, isPlain: true, was: 'a connection that several had was lent more often than maxUses' },
  {
    seed: 100_468,
    steps: 500,
    isPlain: true,
    was: 'the permit of an attempt was lost that was given up from within its failure',
  },
  {
    seed: 64,
    steps: 300,
    isPlain: true,
    was: 'a probe was given up and begun again without end, in a pool with room for one',
  },
  {
    seed: 5_647,
    steps: 100,
    isPlain: true,
    was: 'no permit was asked for behind a borrower that wanted another endpoint',
  },
  {
    seed: 10_876,
    steps: 100,
    isPlain: true,
    was: 'a probe was given up without end for somebody whose connection was on its way',
  },
  { seed: 40_052, steps: 300, was: 'what was readmitted was not lent, although it had idle connections' },
  {
    seed: 6,
    steps: 400,
    was: 'the connection of one that was to be tried was given up, and opened again, without end',
  },
  { seed: 113, steps: 450, was: 'a key failed fast although another endpoint had a connection' },
  { seed: 1_975, steps: 500, was: 'a key failed fast whose endpoint was up for others only' },
];
