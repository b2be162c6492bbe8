/** One measurement, in the unit of its case; a case that looks at several things at once has a value of its own. */
export type Measure<Value = number> = () => Value | Promise<Value>;

export interface Rounds {
  /** Rounds that count. */
  readonly rounds: number;
  /** Rounds before them that do not: code is compiled and heaps grow meanwhile. */
  readonly warmUp: number;
  /** What is collected before each measurement, so that nobody pays for the garbage of the one before. @default 'minor' */
  readonly garbage?: 'minor' | 'major';
  /** Told after each round how much of the work is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** What was measured of one contender, by round. */
export type Samples = readonly number[];

/** Measures all contenders in turn, round after round: what disturbs the machine for a while disturbs them all. */
export async function interleave<Name extends string, Value = number>(
  contenders: Readonly<Record<Name, Measure<Value>>>,
  { rounds, warmUp, garbage = 'minor', progress }: Rounds,
): Promise<Record<Name, readonly Value[]>> {
  const entries = Object.entries<Measure<Value>>(contenders) as [Name, Measure<Value>][];
  const samples = new Map<Name, Value[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [name, measure] of entries) {
      // A new macrotask, because pools cache their clocks for as long as one lasts.
      await macrotask();
      collectGarbage(garbage);
      const value = await measure();
      if (round >= warmUp) samples.get(name)?.push(value);
    }
    progress?.((round + 1) / (warmUp + rounds));
  }
  return Object.fromEntries(samples) as unknown as Record<Name, Value[]>;
}

/** Nanoseconds for each of `n` operations. */
export function nsEach(n: number, work: (n: number) => void): number {
  const start = performance.now();
  work(n);
  return ((performance.now() - start) * 1e6) / n;
}

/** As {@link nsEach}, for work that awaits. */
export async function nsEachAwaited(n: number, work: (n: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  await work(n);
  return ((performance.now() - start) * 1e6) / n;
}

export function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function collectGarbage(type: 'minor' | 'major'): void {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc');
  // Not its options: the engine of Node 20 takes any object for `true`, and collects the young generation only.
  globalThis.gc(type === 'minor');
}

/** Combines the samples of two contenders round by round. */
export function pairwise(a: Samples, b: Samples, combine: (a: number, b: number) => number): Samples {
  return a.map((value, round) => combine(value, b[round]!));
}

export function median(samples: Samples): number {
  return quantile(samples, 0.5);
}

/** By linear interpolation between the neighbours. */
export function quantile(samples: Samples, q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}
