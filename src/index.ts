export { exponentialBackoff, type Backoff, type BackoffConfig } from './endpoint/backoff.js';
export type { Clock, Timer } from './endpoint/clock.js';
export type { ConnectionEvent } from './endpoint/connection-event.js';
export { ConnectionLostError } from './endpoint/connection-lost-error.js';
export { endpoint, type Endpoint, type EndpointConfig } from './endpoint/endpoint.js';
export type { EndpointStatus } from './endpoint/endpoint-status.js';
export { fromFactory, type Factory } from './endpoint/from-factory.js';
export { HookTimeoutError } from './endpoint/hook-timeout-error.js';
export { RetriesExhaustedError } from './endpoint/retries-exhausted-error.js';
export type { RetryConfig } from './endpoint/retry-config.js';
export { RxpoolError, type RxpoolErrorOptions } from './endpoint/rxpool-error.js';
export type { Rate } from './endpoint/token-bucket.js';
export { toClock } from './endpoint/to-clock.js';
export { toHandler, type ConnectionHandler } from './endpoint/to-handler.js';
export {
  transport,
  type Answer,
  type CloseOptions,
  type OpenOptions,
  type RestoreOptions,
  type Transport,
  type TransportConfig,
  type UsableOptions,
} from './endpoint/transport.js';
export { BudgetExceededError } from './limit/budget-exceeded-error.js';
export type { BudgetMember } from './limit/budget-member.js';
export type { BudgetPicture } from './limit/budget-picture.js';
export { budget, type Budget } from './limit/budget.js';
export { LimitExceededError, type LimitExcess } from './limit/limit-exceeded-error.js';
export type { Entrant, Limit } from './limit/limit.js';
export type { Permit } from './limit/permit.js';
export { quota } from './limit/quota.js';
export { rateLimit, type RateLimitConfig } from './limit/rate-limit.js';
export type { ReserveOptions } from './limit/reserve-options.js';
export { AcquireTimeoutError, type AcquireTimeoutInfo } from './pool/acquire-timeout-error.js';
export { autoscale, type ScalablePool } from './pool/autoscale.js';
export type { BorrowConfig } from './pool/borrow-config.js';
export type { CloseConfig, CloseReport } from './pool/closing.js';
export type { PoolConfig } from './pool/config.js';
export { createPool } from './pool/create-pool.js';
export { createRegistry, type Registry } from './pool/create-registry.js';
export type { ConnectionRef, PoolEvent } from './pool/events.js';
export type { DestroyOptions, Lease } from './pool/lease.js';
export { LeaseEndedError } from './pool/lease-ended-error.js';
export type { Logger } from './pool/logger.js';
export { PoolClosedError } from './pool/pool-closed-error.js';
export { isPoolError, type PoolError } from './pool/pool-error.js';
export type { PoolStatus } from './pool/pool-status.js';
export type { EndpointView } from './pool/endpoint-view.js';
export type { Pool, Task } from './pool/pool.js';
export type { Holder, PoolPicture } from './pool/pool-picture.js';
export type { PoolSource } from './pool/pool-source.js';
export type { ResizeConfig } from './pool/resize-config.js';
export type { ReadyConfig } from './pool/readiness.js';
export type { SlotCloseConfig, SlotView } from './pool/slot-view.js';
export { UnavailableError } from './pool/unavailable-error.js';
export type { Quantiles } from './pool/quantiles.js';
export { QueueFullError } from './pool/queue-full-error.js';
export type { AutoscaleConfig, AutoscaleDecision } from './pool/scaling.js';
export type { CloseReason } from './pool/close-reason.js';
export type { SlotStateName } from './pool/slot-state.js';
export type { PoolStats } from './pool/stats.js';
export type { Totals } from './pool/totals.js';
export type { UseConfig, UseOutcome } from './pool/use.js';
