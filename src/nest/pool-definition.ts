import type { CloseConfig, Pool, ReadyConfig } from '../index.js';

/** What to wait for before the application listens. */
export interface ReadyRule extends Pick<ReadyConfig, 'timeout'> {
  /** How many connections. @default 1, or the pool's `min` where that is more */
  readonly connections?: number | undefined;
  /** The longest to wait, in ms; then the start of the application fails. @default 10_000 */
  readonly timeout?: number | undefined;
}

/** A pool that an application is to have. Made by {@link definePool}. */
export interface PoolDefinition {
  readonly name: string;
  /** Whether the application waits for its connections before it listens. @default not at all */
  readonly ready?: boolean | ReadyRule | undefined;
  /** How it is closed when the application shuts down. @default as `pool.close()` */
  readonly close?: CloseConfig | undefined;
  /** Makes it. Called once for each application. */
  readonly create: () => Pool;
}
