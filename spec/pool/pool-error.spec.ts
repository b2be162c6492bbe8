import { describe, expect, it } from 'vitest';
import {
  AcquireTimeoutError,
  BudgetExceededError,
  ConnectionLostError,
  HookTimeoutError,
  isPoolError,
  LeaseEndedError,
  LimitExceededError,
  PoolClosedError,
  QueueFullError,
  RetriesExhaustedError,
  RxpoolError,
  UnavailableError,
  type PoolError,
  type PoolPicture,
} from '../../src/index.js';
import { ConnectTimeoutError } from '../../src/tcp/index.js';

const counts = { max: 1, lent: 0, leases: 0, idle: 0, checking: 0, connecting: 0, waiting: 0 };
const picture: PoolPicture = { pool: 'shop', waited: 5, ...counts, endpoints: [], holders: [] };

/** One of each; the compiler asks for those that are missing. */
const errors: { readonly [Code in PoolError['code']]: Extract<PoolError, { readonly code: Code }> } = {
  RXPOOL_ACQUIRE_TIMEOUT: new AcquireTimeoutError({ ...picture, timeout: 5 }),
  RXPOOL_BUDGET_EXCEEDED: new BudgetExceededError({
    pool: 'shop',
    waited: 5,
    budget: { limit: 1, used: 1, waiting: 1, members: [] },
  }),
  RXPOOL_CONNECTION_LOST: new ConnectionLostError('far:1'),
  RXPOOL_HOOK_TIMEOUT: new HookTimeoutError('prepare', 'far:1', 50),
  RXPOOL_LEASE_ENDED: new LeaseEndedError('far:1'),
  RXPOOL_LIMIT_EXCEEDED: new LimitExceededError({ pool: 'shop', key: 'a', limit: 'quota', bound: '5 at once' }),
  RXPOOL_POOL_CLOSED: new PoolClosedError('shop'),
  RXPOOL_QUEUE_FULL: new QueueFullError('shop', 5),
  RXPOOL_RETRIES_EXHAUSTED: new RetriesExhaustedError('far:1', 1, 'refused'),
  RXPOOL_UNAVAILABLE: new UnavailableError(picture),
};

describe('isPoolError', () => {
  it.each(Object.entries(errors))('knows %s', (code, error) => {
    expect(error.code).toBe(code);
    expect(isPoolError(error)).toBe(true);
  });

  it.each([
    ['an error of an entry beside the core', new ConnectTimeoutError('far:1', 5)],
    ['an error of a subclass made outside', new RxpoolError('mine', { info: {}, retryable: false })],
    ['another error', new Error('plain')],
    ['an object that looks like one', { code: 'RXPOOL_POOL_CLOSED', info: { pool: 'shop' } }],
    ['nothing', undefined],
    ['null', null],
  ])('does not take for one %s', (_name, other) => {
    expect(isPoolError(other)).toBe(false);
  });
});
