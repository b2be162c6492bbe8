import type { BorrowConfig } from '../../src/index.js';
import { ask, use } from './asking.js';
import { rule } from './breach.js';
import { choose } from './choice.js';
import { homeOf } from './rules-choice.js';
import type { StepKinds } from './step-kind.js';
import type { World } from './world.js';

/** Few clients, so that they come upon their limits. */
const KEYS = ['a', 'b', 'c', 'd', ''] as const;

function configBy({ pool }: World, a: number, b: number): BorrowConfig {
  const timeout = choose([undefined, undefined, 0, 30, 500], (b * 11) % 1);
  const view = choose([undefined, undefined, undefined, choose(pool.endpoints, b)], (a * 7) % 1);
  return {
    ...{ key: choose(KEYS, a) ?? '', priority: choose([0, 0, 0, 1], (b * 3) % 1) ?? 0 },
    ...(view !== undefined && { endpoint: view.address }),
    ...(timeout !== undefined && { timeout }),
  };
}

function borrow(world: World, config: BorrowConfig): boolean {
  const home = config.endpoint === undefined ? homeOf(world, config.key ?? '') : undefined;
  let isAtOnce = true;
  ask(world, 'borrow', config, (_client, lease) => {
    if (home === undefined || !isAtOnce) return;
    rule(lease.endpoint.address === home, 'a key has the same endpoint each time', () => home);
  });
  isAtOnce = false;
  return true;
}

export const keyed: StepKinds = {
  'borrow for a key': [20, (world, a, b) => borrow(world, configBy(world, a, b))],
  'acquire for a key': [5, (world, a, b) => ask(world, 'acquire', configBy(world, a, b)) !== undefined],
  'use for a key': [
    6,
    (world, a, b) => {
      const project = choose(['completes at once', 'fails', 'never ends', 'releases by itself'] as const, b);
      return use(world, project ?? 'never ends', configBy(world, a, b), 'subscribe') !== undefined;
    },
  ],
  'many borrow for one key': [
    2,
    (world, a, b) => {
      for (let i = 0; i < 5; i++) borrow(world, { key: choose(KEYS, a) ?? '', ...(b < 0.5 && { timeout: 100 }) });
      return true;
    },
  ],
};
