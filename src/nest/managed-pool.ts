import type { Pool } from '../index.js';
import type { PoolDefinition } from './pool-definition.js';

const READY_TIMEOUT = 10_000;

/** A pool that opens and closes with its application. */
export class ManagedPool {
  readonly pool: Pool;

  constructor(private readonly definition: PoolDefinition) {
    this.pool = definition.create();
  }

  async start(): Promise<void> {
    const { ready = false } = this.definition;
    if (ready === false) return;
    const { connections, timeout = READY_TIMEOUT } = ready === true ? {} : ready;
    // Without a number it is the pool's `min`, and that may be none.
    await Promise.all([
      this.pool.ready(connections, { timeout }),
      ...(connections === undefined ? [this.pool.ready(1, { timeout })] : []),
    ]);
  }

  async stop(): Promise<void> {
    await this.pool.close(this.definition.close);
  }
}
