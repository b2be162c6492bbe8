import { healthiest } from './healthiest.js';
import type { Loan } from './loan.js';
import type { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Recorder } from './recorder.js';
import type { Sizing } from './sizing.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';

/** The pool whose connections are given out beside loans. */
export interface AllocatorOwner<C> {
  readonly waiting: number;
  readonly stock: Stock<C>;
  readonly sizing: Sizing<C>;
  readonly loans: Loans;
  readonly recorder: Recorder;
  settle(): void;
}

/** Gives out connections to be used beside others, by whoever will not give them back. */
export class Allocator<C> {
  constructor(
    private readonly owner: AllocatorOwner<C>,
    private readonly host: PoolHost<C>,
  ) {}

  /** The healthiest connection, unless somebody waits for one. Where even that one is busy, one more is opened. */
  allocate(now: number, endpoint?: PooledEndpoint<C>): Slot<C> | undefined {
    const { stock, sizing, waiting } = this.owner;
    if (waiting > 0 || stock.isClosing) return undefined;
    const best = healthiest(stock, this.host, now, endpoint);
    if (best === undefined) return undefined;
    this.host.hold(best);
    if (this.host.pending(best) > 0) sizing.isStretched = true;
    this.owner.settle();
    return best;
  }

  /** What was just granted to somebody who waited is not lent, but allocated. */
  takeOver(slot: Slot<C>, loan: Loan): void {
    const { loans, recorder, stock } = this.owner;
    const now = loans.end(slot, loan, 'released');
    recorder.totals.released++;
    slot.uses--;
    this.host.hold(slot);
    if (!stock.sharing.end(slot)) stock.offer(slot, now);
    this.owner.settle();
  }
}
