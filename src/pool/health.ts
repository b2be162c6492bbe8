import type { Clock } from '../endpoint/clock.js';
import type { Hook, PoolHost } from './pool-host.js';
import type { SlotTable } from './slot-table.js';
import type { Slot } from './slot.js';

interface Check {
  readonly hook: Hook;
  readonly ticket: number;
  readonly deadline: number;
  /** The connection was idle and goes back to where it was, unless somebody has come to wait for it. */
  readonly wasIdle: boolean;
}

/**
 * Checks connections by hooks: `validate` before a grant and while idle, `restore` after a loan.
 *
 * A slot is `checking` while its hook runs. A hook that answers at once is done at once; one that answers later has until `hookTimeout`, and
 * what it says after that is ignored.
 */
export class Health<C> {
  /** `validate` hooks that have not answered yet. */
  validating = 0;
  private readonly running = new Map<Slot<C>, Check>();
  private tickets = 0;

  constructor(
    private readonly host: PoolHost<C>,
    private readonly table: SlotTable<C>,
    private readonly clock: Clock,
    private readonly hookTimeout: number,
    private readonly owner: { wakeBy(at: number): void },
  ) {}

  /** Whether the connection is good, or as it was before the loan; `undefined` while its hook has not answered. */
  check(hook: Hook, slot: Slot<C>, wasIdle = false): boolean | undefined {
    const { table } = this;
    const { connection } = slot;
    const ticket = ++this.tickets;
    table.moveOpen(slot, table.checking);
    const isGood = this.host.check(hook, slot, ticket);
    if (isGood === undefined && table.isChecking(slot, connection)) {
      const deadline = this.clock.now() + this.hookTimeout;
      this.running.set(slot, { hook, ticket, deadline, wasIdle });
      this.count(hook, slot, 1);
      this.owner.wakeBy(deadline);
    }
    return isGood;
  }

  /** The check that runs on the slot, taken out, if it has this ticket; an answer that comes too late finds none. */
  end(slot: Slot<C>, ticket: number): Check | undefined {
    const check = this.running.get(slot);
    if (check?.ticket !== ticket) return undefined;
    this.forget(slot);
    return check;
  }

  /** Whatever check runs on the slot no longer counts. */
  forget(slot: Slot<C>): boolean {
    const check = this.running.get(slot);
    if (check !== undefined) this.count(check.hook, slot, -1);
    return this.running.delete(slot);
  }

  /** Takes out one check whose time is up. All have the same time, so the first begun is the first due. */
  takeExpired(now: number): Slot<C> | undefined {
    for (const [slot, { deadline }] of this.running) {
      if (deadline > now) return undefined;
      this.forget(slot);
      return slot;
    }
    return undefined;
  }

  nextDeadline(): number {
    for (const { deadline } of this.running.values()) return deadline;
    return Infinity;
  }

  private count(hook: Hook, { endpoint }: Slot<C>, by: number): void {
    if (hook !== 'validate') return;
    this.validating += by;
    endpoint.validating += by;
  }
}
