import {
  AcquireTimeoutError,
  BudgetExceededError,
  createPool,
  PoolClosedError,
  RetriesExhaustedError,
  type Endpoint,
  type Pool,
  type PoolConfig,
  type Transport,
} from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { rule, type Breaches } from './breach.js';
import type { SimulatedLease } from './client.js';

type Source = Transport<SimulatedSocket, Buffer> | Endpoint<SimulatedSocket, Buffer>;

/** A second, smaller pool on the same servers, which shares the budget of the first. */
export class Neighbour {
  readonly pool: Pool<SimulatedSocket, Buffer>;
  private readonly leases = new Set<SimulatedLease>();
  private asked = 0;
  private answered = 0;

  constructor(
    sources: readonly Source[],
    config: PoolConfig<SimulatedSocket, Buffer>,
    private readonly breaches: Breaches,
  ) {
    this.pool = createPool(sources, config);
  }

  get held(): readonly SimulatedLease[] {
    this.forgetLost();
    return [...this.leases];
  }

  ask(): void {
    this.asked++;
    this.pool.borrow().subscribe({
      next: (lease) => this.breaches.guard(() => this.granted(lease)),
      error: (error: unknown) => this.breaches.guard(() => this.refused(error)),
    });
  }

  end(lease: SimulatedLease, how: 'release' | 'destroy'): void {
    this.leases.delete(lease);
    lease[how]();
  }

  /** Whether everybody has been told, and everything has closed. */
  get isDone(): boolean {
    return this.asked === this.answered && this.pool.stats.owned === 0;
  }

  private granted(lease: SimulatedLease): void {
    this.answered++;
    this.forgetLost();
    const isTaken = [...this.leases].some(({ socket }) => socket === lease.socket);
    rule(!isTaken, 'never two borrowers on one socket', () => 'of the other pool');
    rule(!lease.socket.destroyed, 'what is lent is open');
    this.leases.add(lease);
  }

  private refused(error: unknown): void {
    this.answered++;
    const known = [AcquireTimeoutError, BudgetExceededError, PoolClosedError, RetriesExhaustedError];
    const isKnown = known.some((one) => error instanceof one);
    rule(isKnown, 'a waiter fails for a known reason', () => String(error));
  }

  private forgetLost(): void {
    for (const lease of this.leases) if (lease.isOver) this.leases.delete(lease);
  }
}
