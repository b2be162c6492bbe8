import * as core from 'rxpool';
import {
  isPoolError,
  type AcquireTimeoutError,
  type AcquireTimeoutInfo,
  type BudgetExceededError,
  type ConnectionLostError,
  type HookTimeoutError,
  type LeaseEndedError,
  type LimitExceededError,
  type LimitExcess,
  type PoolClosedError,
  type PoolError,
  type PoolPicture,
  type QueueFullError,
  type RetriesExhaustedError,
  type RxpoolError,
  type UnavailableError,
} from 'rxpool';
import type { ConnectTimeoutError } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

type Core = typeof core;

/** The error of an exported class; never, where it is no class of errors. */
type ErrorOf<T> = T extends abstract new (...args: never[]) => infer E ? Extract<E, RxpoolError> : never;

/** The names of the classes whose code is any string. */
type Uncoded = {
  [Name in keyof Core]: ErrorOf<Core[Name]> extends never
    ? never
    : string extends ErrorOf<Core[Name]>['code']
      ? Name
      : never;
}[keyof Core];

type Exported = { [Name in Exclude<keyof Core, 'RxpoolError'>]: ErrorOf<Core[Name]> }[Exclude<
  keyof Core,
  'RxpoolError'
>];

declare const error: PoolError;

describe('the code of an error', () => {
  it('is a literal in every class but the base', () => {
    expectTypeOf<Uncoded>().toEqualTypeOf<'RxpoolError'>();
    expectTypeOf<AcquireTimeoutError['code']>().toEqualTypeOf<'RXPOOL_ACQUIRE_TIMEOUT'>();
    expectTypeOf<typeof core.AcquireTimeoutError.code>().toEqualTypeOf<'RXPOOL_ACQUIRE_TIMEOUT'>();
    expectTypeOf<ConnectTimeoutError['code']>().toEqualTypeOf<'RXPOOL_CONNECT_TIMEOUT'>();
  });
});

describe('PoolError', () => {
  it('is any error of the core', () => {
    expectTypeOf<PoolError>().toEqualTypeOf<Exported>();
    expectTypeOf<PoolError>().toExtend<RxpoolError>();
  });

  it('is what a guard makes of an unknown', () => {
    const caught: unknown = undefined;
    if (isPoolError(caught)) expectTypeOf(caught).toEqualTypeOf<PoolError>();
  });

  it('narrows by its code', () => {
    if (error.code === 'RXPOOL_ACQUIRE_TIMEOUT') expectTypeOf(error.info.waited).toBeNumber();
    switch (error.code) {
      case 'RXPOOL_ACQUIRE_TIMEOUT':
        expectTypeOf(error).toEqualTypeOf<AcquireTimeoutError>();
        expectTypeOf(error.info).toEqualTypeOf<AcquireTimeoutInfo>();
        break;
      case 'RXPOOL_BUDGET_EXCEEDED':
        expectTypeOf(error).toEqualTypeOf<BudgetExceededError>();
        break;
      case 'RXPOOL_CONNECTION_LOST':
        expectTypeOf(error).toEqualTypeOf<ConnectionLostError>();
        break;
      case 'RXPOOL_HOOK_TIMEOUT':
        expectTypeOf(error).toEqualTypeOf<HookTimeoutError>();
        break;
      case 'RXPOOL_LEASE_ENDED':
        expectTypeOf(error).toEqualTypeOf<LeaseEndedError>();
        break;
      case 'RXPOOL_LIMIT_EXCEEDED':
        expectTypeOf(error).toEqualTypeOf<LimitExceededError>();
        expectTypeOf(error.info).toEqualTypeOf<LimitExcess>();
        break;
      case 'RXPOOL_POOL_CLOSED':
        expectTypeOf(error).toEqualTypeOf<PoolClosedError>();
        break;
      case 'RXPOOL_QUEUE_FULL':
        expectTypeOf(error).toEqualTypeOf<QueueFullError>();
        break;
      case 'RXPOOL_RETRIES_EXHAUSTED':
        expectTypeOf(error).toEqualTypeOf<RetriesExhaustedError>();
        break;
      case 'RXPOOL_UNAVAILABLE':
        expectTypeOf(error).toEqualTypeOf<UnavailableError>();
        expectTypeOf(error.info).toEqualTypeOf<PoolPicture>();
        break;
      default:
        expectTypeOf(error).toBeNever();
    }
  });

  it('refuses a misspelt code', () => {
    // @ts-expect-error -- no such code
    expectTypeOf(error.code === 'RXPOOL_ACQUIRE_TIMEOT').toBeBoolean();
  });
});
