import fc from 'fast-check';
import type { RunConfig } from './both.js';
import { Player } from './player.js';
import { plays } from './plays.js';

const unused = { name: 'model', random: () => 0, lifetimeJitter: 0 };

const config: fc.Arbitrary<RunConfig> = fc
  .record({
    endpoints: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 1, max: 5 }),
    min: fc.nat({ max: 3 }),
    minPerEndpoint: fc.nat({ max: 2 }),
    maxPerEndpoint: fc.integer({ min: 1, max: 6 }),
    maxWaiting: fc.constantFrom(0, 1, 3, 6, Infinity),
    idleTimeout: fc.constantFrom(0, 100, 1_000, 35_000, Infinity),
    validateAfter: fc.constantFrom(0, 40, Infinity),
    hookTimeout: fc.constantFrom(30, 200),
    maxLifetime: fc.constantFrom(400, 400, 40_000, Infinity, Infinity, Infinity),
    maxUses: fc.constantFrom(1, 3, Infinity, Infinity),
    validateEvery: fc.constantFrom(200, 5_000, Infinity, Infinity),
    failFast: fc.boolean(),
    concurrency: fc.constantFrom(1, 1, 1, 2, Infinity),
    leakAfter: fc.constantFrom(60, 50_000, Infinity, Infinity),
    order: fc.constantFrom('lifo' as const, 'fifo' as const),
    hooked: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    isObserved: fc.boolean(),
    answer: fc.constantFrom(true, undefined),
    opens: fc.constantFrom('later' as const, 'accepted' as const),
  })
  .map(({ min, minPerEndpoint, ...some }) => {
    const rest = { ...some, ...unused };
    const { endpoints, max, maxPerEndpoint } = rest;
    // As `createPool` demands.
    const reach = Math.min(max, maxPerEndpoint * endpoints);
    const share = Math.min(maxPerEndpoint, Math.floor(max / endpoints));
    return { ...rest, min: Math.min(min, reach), minPerEndpoint: Math.min(minPerEndpoint, share) };
  });

/** Whatever happens to a core, it does what its model says. */
export const property = fc.property(config, plays, (one, moves) => {
  const player = new Player(one);
  fc.modelRun(() => ({ model: player, real: player }), moves);
  player.finish();
});
