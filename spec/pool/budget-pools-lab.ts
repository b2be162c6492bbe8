import { budget, createPool, type Budget, type CloseReason, type PoolConfig, type PoolEvent } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { FULL_DELAY, type FakePool } from './pool-lab.js';

/** One of several pools that share a budget. */
export interface Member {
  readonly pool: FakePool;
  readonly transport: FakeTransport;
  /** Why its connections were closed, in order. */
  readonly closes: CloseReason[];
}

/** Pools that share a budget and a clock; their sockets open, and close, at once unless a test says otherwise. */
export class BudgetWorld {
  readonly clock = new VirtualClock();
  readonly budget: Budget;
  readonly members: Member[] = [];

  constructor(limit: number) {
    this.budget = budget({ limit });
  }

  add(config: PoolConfig<FakeSocket> = {}): Member {
    const { clock, members } = this;
    const name = String.fromCharCode('a'.charCodeAt(0) + members.length);
    const transport = fakeTransport(name);
    transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transport, { clock, name, budget: this.budget, random: FULL_DELAY, ...config });
    const closes: CloseReason[] = [];
    pool.events$.subscribe((event: PoolEvent) => {
      if (event.type === 'closed') closes.push(event.reason);
    });
    const member = { pool, transport, closes };
    members.push(member);
    return member;
  }

  /** Permits that are out. */
  get used(): number {
    return this.budget.picture.used;
  }

  /** Attempts and open sockets of all pools. */
  get active(): number {
    return this.members.reduce((sum, { transport }) => sum + transport.active, 0);
  }
}
