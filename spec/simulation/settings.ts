import { Random } from '../pool/random.js';
import type { ManySettings } from './settings-many.js';

/** How a hook of the pool answers, drawn anew at each call from the moods that are allowed. */
export type HookMood =
  | ('at once' | 'promise' | 'observable' | 'fails' | 'throws' | 'hangs' | 'says no')
  /** Something that is no answer. */
  | 'talks nonsense'
  /** It borrows from the pool that asks it. */
  | 'calls back';

/** One world, as plain data. */
export interface Settings {
  readonly endpoints: number;
  /** The endpoints are made by the user, and shared, instead of by the pool. */
  readonly ownEndpoints: boolean;
  readonly latency: 'short' | 'fixed' | 'uniform' | 'exponential' | 'log-normal';
  readonly acceptDelay: number;
  readonly segment: number;
  readonly window: number;
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  readonly prepare: readonly HookMood[];
  readonly validate: readonly HookMood[];
  /** The pool's own, instead of the transport's. */
  readonly poolValidate: readonly HookMood[];
  readonly clean: readonly HookMood[];
  readonly handler: 'none' | 'watches' | 'reads' | 'throws';
  readonly logger: 'none' | 'levels' | 'print';
  /** Grants run in the async context of whoever has asked. */
  readonly keepsContext: boolean;
  /** How many sockets there may be, with those of another pool and of other code; `Infinity` = there is no budget, and no other pool. */
  readonly budget: number;
  /** The `min` of the other pool. */
  readonly neighbourMin: number;
  readonly retryDelay: number | 'exponentialBackoff' | 'notifier' | 'gives up';
  readonly retryCount: number;
  readonly resetAfter: number;
  readonly urgentMax: number;
  /** Whether the one or other error is not worth a retry. */
  readonly shouldRetry: boolean;
  /** What it has besides, if anything. */
  readonly many?: ManySettings | undefined;
  readonly pool: {
    readonly min: number;
    readonly max: number;
    readonly minPerEndpoint: number;
    readonly maxPerEndpoint: number;
    readonly maxWaiting: number;
    readonly acquireTimeout: number;
    readonly idleTimeout: number;
    readonly validateAfter: number;
    readonly hookTimeout: number;
    readonly maxConnecting: number;
    readonly order: 'lifo' | 'fifo';
    readonly validateEvery: number;
    readonly onIdleData: 'reset' | 'keep';
    readonly maxLifetime: number;
    readonly lifetimeJitter: number;
    readonly maxUses: number;
    readonly failFast: boolean;
    readonly concurrency: number;
    readonly leakAfter: number;
  };
}

const GOOD: readonly HookMood[] = ['at once', 'promise', 'observable'];
const MIXED: readonly HookMood[] = [...GOOD, ...GOOD, 'fails', 'throws', 'hangs', 'says no'];
const WILD: readonly HookMood[] = [...MIXED, 'talks nonsense', 'calls back', 'calls back'];

/** Draws a world. Small numbers are likelier: it is at the limits that things happen. */
export function drawSettings(random: Random): Settings {
  const pick = <const T extends readonly unknown[]>(...from: T): T[number] => random.pick(from);
  const endpoints = pick(1, 1, 2, 3);
  const max = pick(1, 2, 2, 3, 4, 6, 10);
  const maxPerEndpoint = pick(max, max, Math.ceil(max / 2), 1);
  const reach = Math.min(max, maxPerEndpoint * endpoints);
  const share = Math.min(maxPerEndpoint, Math.floor(max / endpoints));
  return {
    endpoints,
    ownEndpoints: pick(true, false, false),
    latency: pick('short', 'fixed', 'uniform', 'exponential', 'log-normal'),
    acceptDelay: pick(0, 0, 5, 300),
    segment: pick(Infinity, 50, 1_000),
    window: pick(65_536, 1_000),
    connectTimeout: pick(50, 1_000, 10_000),
    closeTimeout: pick(0, 50, 1_000),
    prepare: pick([], [], GOOD, MIXED),
    validate: pick([], [], GOOD, MIXED),
    poolValidate: pick([], [], [], GOOD, WILD),
    clean: pick([], [], [], GOOD, WILD),
    handler: pick('none', 'none', 'none', 'watches', 'reads', 'throws'),
    logger: pick('none', 'none', 'levels', 'print'),
    keepsContext: pick(true, false),
    budget: pick(Infinity, Infinity, Infinity, 1, 2, max, max + 1),
    neighbourMin: pick(0, 0, 1),
    retryDelay: pick(0, 20, 20, 500, 'exponentialBackoff', 'exponentialBackoff', 'notifier', 'gives up'),
    retryCount: pick(Infinity, Infinity, Infinity, 0, 3),
    resetAfter: pick(0, 30, 5_000),
    urgentMax: pick(0, 50, 1_000),
    shouldRetry: pick(false, false, false, true),
    pool: {
      min: random.below(Math.min(reach, 3) + 1),
      max,
      minPerEndpoint: pick(0, 0, Math.min(share, 1)),
      maxPerEndpoint,
      maxWaiting: pick(0, 1, 3, 8, 10_000, Infinity),
      acquireTimeout: pick(20, 300, 30_000, Infinity),
      idleTimeout: pick(0, 100, 1_000, 30_000, Infinity),
      validateAfter: pick(0, 40, 500, Infinity),
      hookTimeout: pick(30, 300, 5_000),
      maxConnecting: pick(1, 2, 4),
      order: pick('lifo', 'fifo'),
      validateEvery: pick(Infinity, Infinity, 20, 400),
      onIdleData: pick('reset', 'reset', 'keep'),
      maxLifetime: pick(Infinity, 1_800_000, 1_800_000, 60, 2_000),
      lifetimeJitter: pick(0, 0.1, 1),
      maxUses: pick(Infinity, Infinity, Infinity, 1, 3, 20),
      failFast: pick(false, false, false, true),
      concurrency: pick(1, 1, 1, 1, 2, 5, Infinity),
      leakAfter: pick(Infinity, Infinity, 50, 1_000),
    },
  };
}
