import type { Choose, Picker, Ranking } from '../../../src/balance/index.js';
import { interleave, nsEach, type Measure, type Samples } from '../harness.js';
import { cost, type Case } from '../rows.js';

const FEW = 10;
const SOME = 100;
const MANY = 1_000;
/** Picks a measurement, so that each takes some 10 to 30 ms. */
const PICKS = 100_000;
/** Leases under way for each candidate. */
const LEASES = 2;

const built = process.env['RXPOOL_BENCH_BUILD'] ?? '';
const balance = (await import(`${built}/balance/index.js`)) as typeof import('../../../src/balance/index.js');
const { pickSet } = (await import(`${built}/balance/pick-set.js`)) as typeof import('../../../src/balance/pick-set.js');
const { seededRandom } = (await import(
  `${built}/testing/seeded-random.js`
)) as typeof import('../../../src/testing/seeded-random.js');

const pickers: Readonly<Record<string, () => Picker>> = {
  roundRobin: () => balance.roundRobin(),
  weighted: () => balance.weighted(),
  leastInUse: () => balance.leastInUse(),
  powerOfTwo: () => balance.powerOfTwo(),
  peakEwma: () => balance.peakEwma(),
};

const pick: Case = async ({ quick, progress }) => {
  const measures: Record<string, Measure> = {};
  for (const [name, picker] of Object.entries(pickers)) {
    for (const count of [FEW, SOME, MANY]) measures[`${name} ${String(count)}`] = picking(picker(), count);
  }
  for (const count of [FEW, SOME, MANY]) measures[`consistentHash ${String(count)}`] = locating(count);
  const ns = await interleave(measures, { rounds: quick ? 7 : 31, warmUp: quick ? 3 : 6, progress });
  const samples = (name: string, count: number): Samples => ns[`${name} ${String(count)}`] ?? [];
  return [...Object.keys(pickers), 'consistentHash'].flatMap((name) =>
    [SOME, MANY].map((count) =>
      cost(
        `\`${name}\`, ${count.toLocaleString('en')} endpoints`,
        'ns',
        samples(name, count),
        { name: `${String(FEW)} endpoints`, samples: samples(name, FEW) },
        { atMost: 2 },
      ),
    ),
  );
};
export default pick;

class Endpoint {
  readonly address: string;
  readonly state = 'up';
  readonly connecting = 0;
  readonly warmth = 1;
  readonly priority = 0;
  readonly weight: number;
  readonly latency: number;
  leases = 0;
  mark = 0;
  place = -1;

  constructor(readonly order: number) {
    this.address = `10.0.${String(order >> 8)}.${String(order & 255)}:11211`;
    this.weight = 1 + (order % 3);
    this.latency = 1 + (order % 7);
  }
}

function endpoints(count: number): Endpoint[] {
  return Array.from({ length: count }, (_, index) => new Endpoint(index));
}

/** A pick and a lease of what was picked, and the end of the oldest lease: two changes for each pick. */
function picking(picker: Choose | Ranking, count: number): Measure {
  const random = seededRandom(1);
  const set = pickSet<Endpoint>(picker, {
    random,
    failed: (error) => {
      throw error;
    },
  });
  for (const endpoint of endpoints(count)) set.add(endpoint);
  const lent: Endpoint[] = [];
  const lend = (at: number): void => {
    const endpoint = set.pick();
    if (endpoint === undefined) throw new Error('nothing to pick');
    endpoint.leases++;
    set.changed(endpoint);
    lent[at] = endpoint;
  };
  for (let at = 0; at < LEASES * count; at++) lend(at);
  return () =>
    nsEach(PICKS, (n) => {
      for (let i = 0, at = 0; i < n; i++, at = at + 1 === lent.length ? 0 : at + 1) {
        const endpoint = lent[at]!;
        endpoint.leases--;
        set.changed(endpoint);
        lend(at);
      }
    });
}

/** The same with a key for each. */
function locating(count: number): Measure {
  const ring = balance.consistentHash().ring!();
  for (const endpoint of endpoints(count)) ring.add(endpoint);
  const keys = Array.from({ length: 1_009 }, (_, i) => `user:${String(i)}`);
  const all = (): boolean => true;
  const lent: Endpoint[] = [];
  let next = 0;
  const lend = (at: number): void => {
    next = next + 1 === keys.length ? 0 : next + 1;
    const endpoint = ring.locate(keys[next]!, all) as Endpoint;
    endpoint.leases++;
    ring.changed(endpoint);
    lent[at] = endpoint;
  };
  for (let at = 0; at < LEASES * count; at++) lend(at);
  return () =>
    nsEach(PICKS, (n) => {
      for (let i = 0, at = 0; i < n; i++, at = at + 1 === lent.length ? 0 : at + 1) {
        const endpoint = lent[at]!;
        endpoint.leases--;
        ring.changed(endpoint);
        lend(at);
      }
    });
}
