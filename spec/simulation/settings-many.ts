import type { PoolConfig, Rate } from '../../src/index.js';
import type { Random } from '../pool/random.js';
import { balances, type BalanceName } from './balances.js';
import type { Settings } from './settings.js';

/** What an endpoint is worth beside others. */
export interface Worth {
  readonly weight: number;
  readonly priority: number;
}

/** What a pool with many endpoints, or many clients, has besides. */
export interface ManySettings {
  readonly endpoints: number;
  /** Little goes wrong but what its clients find out, so that endpoints are judged by that. */
  readonly isCalm: boolean;
  readonly balance: BalanceName;
  /** What each endpoint is worth at first. */
  readonly worths: readonly Worth[];
  readonly ejection: NonNullable<PoolConfig['ejection']> | undefined;
  /** How many leases a key may have; `Infinity` = there is no such limit. */
  readonly quota: number;
  readonly rate: Rate | undefined;
  readonly overLimit: 'wait' | 'error';
  readonly connectRate: Rate | undefined;
  /** Whether the endpoints come from a source, and what it names at first. */
  readonly source: 'none' | 'names all' | 'names some' | 'names nobody';
}

const names = Object.keys(balances) as readonly BalanceName[];

/** Draws what a world has besides; half of the worlds have nothing. */
export function drawMany(random: Random): ManySettings | undefined {
  const pick = <const T extends readonly unknown[]>(...from: T): T[number] => random.pick(from);
  if (random.next() < 0.5) return undefined;
  const endpoints = pick(1, 2, 2, 3, 3, 5);
  return {
    endpoints,
    isCalm: pick(true, false),
    balance: random.pick(names) ?? 'round robin',
    worths: Array.from({ length: endpoints }, () => drawWorth(random)),
    ejection: pick(true, true, false) ? drawEjection(random) : undefined,
    quota: pick(Infinity, Infinity, 1, 2, 4),
    rate: pick(undefined, undefined, { perSecond: 2 }, { perSecond: 20, burst: 3 }, { perSecond: 0.5, burst: 5 }),
    overLimit: pick('wait', 'wait', 'error'),
    connectRate: pick(undefined, undefined, undefined, { perSecond: 5, burst: 2 }, { perSecond: 50, burst: 1 }),
    source: pick('none', 'names all', 'names some', 'names nobody'),
  };
}

export function drawWorth(random: Random): Worth {
  return { weight: random.pick([1, 1, 1, 0, 0.5, 3]) ?? 1, priority: random.pick([0, 0, 0, 1, 1, 2]) ?? 0 };
}

function drawEjection(random: Random): NonNullable<PoolConfig['ejection']> {
  const pick = <const T extends readonly unknown[]>(...from: T): T[number] => random.pick(from);
  return {
    consecutive: pick(2, 2, 3, 5),
    failureRate: pick(0.5, Infinity),
    latencyFactor: pick(2, 5, Infinity),
    minRequests: pick(3, 20),
    interval: pick(300, 10_000),
    baseTime: pick(50, 200, 2_000),
    jitter: pick(0, 0.1),
    maxEjected: pick(0.1, 0.5, 1),
    panic: pick(0, 0, 0.5),
    slowStart: pick(0, 500),
  };
}

/** A world with what it has besides, whose sizes fit the endpoints that it then has. */
export function withMany(settings: Settings, many: ManySettings | undefined): Settings {
  if (many === undefined) return settings;
  const { endpoints } = many;
  const { min, max, minPerEndpoint, maxPerEndpoint } = settings.pool;
  const share = Math.min(maxPerEndpoint, Math.floor(max / endpoints));
  const pool = {
    ...settings.pool,
    min: Math.min(min, max, maxPerEndpoint * endpoints),
    minPerEndpoint: Math.min(minPerEndpoint, share),
  };
  return many.isCalm ? calm({ ...settings, endpoints, pool, many }) : { ...settings, endpoints, pool, many };
}

/** The hooks do what they should, and there is room for many. */
function calm(settings: Settings): Settings {
  const { acquireTimeout, max, maxPerEndpoint, maxWaiting } = settings.pool;
  const pool = {
    ...settings.pool,
    max: Math.max(4, max),
    maxPerEndpoint: Math.max(2, maxPerEndpoint),
    maxWaiting: Math.max(8, maxWaiting),
    acquireTimeout: Math.max(300, acquireTimeout),
    failFast: false,
  };
  const hooks = {
    prepare: [],
    clean: [],
    validate: settings.validate.slice(0, 3),
    poolValidate: settings.poolValidate.slice(0, 3),
  };
  return {
    ...settings,
    ...hooks,
    pool,
    budget: Infinity,
    connectTimeout: 1_000,
    retryCount: Infinity,
    shouldRetry: false,
  };
}
