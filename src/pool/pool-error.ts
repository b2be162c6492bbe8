import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import { HookTimeoutError } from '../endpoint/hook-timeout-error.js';
import { RetriesExhaustedError } from '../endpoint/retries-exhausted-error.js';
import { BudgetExceededError } from '../limit/budget-exceeded-error.js';
import { LimitExceededError } from '../limit/limit-exceeded-error.js';
import { AcquireTimeoutError } from './acquire-timeout-error.js';
import { LeaseEndedError } from './lease-ended-error.js';
import { PoolClosedError } from './pool-closed-error.js';
import { QueueFullError } from './queue-full-error.js';
import { UnavailableError } from './unavailable-error.js';

/** Any error of the core. Its `code` tells which, and so what is in its `info`. */
export type PoolError =
  | AcquireTimeoutError
  | BudgetExceededError
  | ConnectionLostError
  | HookTimeoutError
  | LeaseEndedError
  | LimitExceededError
  | PoolClosedError
  | QueueFullError
  | RetriesExhaustedError
  | UnavailableError;

const TYPES: readonly (abstract new (...args: never[]) => PoolError)[] = [
  AcquireTimeoutError,
  BudgetExceededError,
  ConnectionLostError,
  HookTimeoutError,
  LeaseEndedError,
  LimitExceededError,
  PoolClosedError,
  QueueFullError,
  RetriesExhaustedError,
  UnavailableError,
];

/**
 * Whether it is an error of the core, which a `switch` over its `code` then tells apart. For any error of rxpool, that of a transport or a
 * format included, ask `error instanceof RxpoolError`.
 *
 * @example
 * ```ts
 * import { isPoolError } from 'rxpool';
 *
 * function describe(error: unknown): string {
 *   if (!isPoolError(error)) return String(error);
 *   switch (error.code) {
 *     case 'RXPOOL_ACQUIRE_TIMEOUT':
 *       return `waited ${error.info.waited} ms`;
 *     case 'RXPOOL_QUEUE_FULL':
 *       return `${error.info.maxWaiting} wait already`;
 *     default:
 *       return error.message;
 *   }
 * }
 * ```
 */
export function isPoolError(error: unknown): error is PoolError {
  return TYPES.some((type) => error instanceof type);
}
