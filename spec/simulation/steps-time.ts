import { AcquireTimeoutError, type CloseConfig } from '../../src/index.js';
import { choose } from './choice.js';
import { closePool } from './closing.js';
import type { StepKind, StepKinds } from './step-kind.js';

/** Lets up to `most` ms pass. */
function pass(most: number): StepKind {
  return async ({ clock }, a) => {
    await clock.advanceAsync(Math.floor(a * most));
    return true;
  };
}

const CLOSES: readonly CloseConfig[] = [
  {},
  { timeout: 50 },
  { timeout: Infinity },
  { borrowed: 'leave' },
  { borrowed: 'destroy' },
];

export const passings: StepKinds = {
  'a moment passes': [25, pass(10)],
  'some time passes': [10, pass(300)],
  'a long time passes': [2, pass(6_000)],
  'time passes to the next deadline': [
    12,
    async ({ clock }) => {
      const [next] = clock.upcoming;
      if (next === undefined) return false;
      await clock.advanceAsync(Math.max(0, next.at - clock.now()));
      return true;
    },
  ],
  'the process oversleeps': [
    0.5,
    async ({ clock, ledger }, a) => {
      await clock.oversleep(Math.floor(1 + a * 6 * 3_600_000));
      ledger.overslept();
      return true;
    },
  ],
  'the event loop turns': [
    8,
    ({ clock }) => {
      clock.turn();
      return true;
    },
  ],
  'retry now': [
    2,
    ({ pool }, a) => {
      choose(pool.endpoints, a)?.endpoint.retryNow();
      return true;
    },
  ],
  'wait until it is ready': [
    2,
    (world, a, b) => {
      const { pool, settings, ledger } = world;
      const reach = Math.min(pool.stats.max, settings.pool.maxPerEndpoint * settings.endpoints);
      const config = b < 0.5 ? {} : { timeout: 10_000 * b };
      world.gettingReady++;
      void pool
        .ready(Math.floor(a * (reach + 1)), config)
        .catch((error: unknown) => {
          if (error instanceof AcquireTimeoutError && b < 0.5) ledger.streamError ??= error;
        })
        .finally(() => {
          world.gettingReady--;
        });
      return true;
    },
  ],
  'watch the statistics': [
    1,
    ({ pool, watching, ledger }) => {
      watching.add(pool.stats$.subscribe({ error: (error: unknown) => (ledger.streamError ??= error) }));
      return true;
    },
  ],
  'look away': [
    1,
    ({ watching }) => {
      const [one] = watching;
      one?.unsubscribe();
      return one !== undefined && watching.delete(one);
    },
  ],
  'close the pool': [0.15, (world, a) => closePool(world, choose(CLOSES, a) ?? {})],
};
