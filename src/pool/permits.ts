import { defer, Subscription } from 'rxjs';
import type { BudgetMember } from '../limit/budget-member.js';
import type { Budget } from '../limit/budget.js';
import type { Permit } from '../limit/permit.js';
import type { Slot } from './slot.js';

/** What a pool does for the budget that it shares. */
export interface PermitsOwner {
  /** A permit has come: dial, if that is still wanted. */
  called(): void;
  longestIdle(): Slot<unknown> | undefined;
  /** Whether somebody waits for whom no connection is on its way. */
  lacksAny(): boolean;
  evict(): void;
}

/** A pool's dealings with the budget that it shares with others: one request at a time, and a permit for each socket. */
export class Permits implements BudgetMember {
  /** The budget's answer to the last request, where that failed. */
  error: unknown;
  private readonly leave: () => void;
  /** Given, and about to be used. */
  private permit: Permit | undefined;
  private request: Subscription | undefined;
  private isUrgent = false;
  /** A permit in hand was kept for those who wait, from somebody who does not. */
  private hasDeclined = false;
  /** The budget was told that nobody waits for the request any more, and has closed nothing for it. */
  private isPassedOver = false;

  constructor(
    readonly name: string,
    readonly budget: Budget,
    private readonly owner: PermitsOwner,
  ) {
    this.leave = budget.join(this);
  }

  /** Whether a permit is what borrowers wait for. */
  get isShort(): boolean {
    return this.request !== undefined || this.error !== undefined;
  }

  get idleSince(): number | undefined {
    return this.owner.longestIdle()?.idleSince;
  }

  /** Borrowers come and go, and connections may be on their way to those who are left. */
  get isWaitedFor(): boolean {
    const isWaitedFor = this.owner.lacksAny();
    this.isPassedOver = !isWaitedFor;
    return isWaitedFor;
  }

  /** Somebody may wait for the request once more. */
  insist(): void {
    if (this.isPassedOver && this.owner.lacksAny()) this.offer();
  }

  evict(): void {
    this.owner.evict();
  }

  /** Whether asking now could lead to anything. */
  canAsk(urgent: boolean): boolean {
    if (this.permit !== undefined && this.isUrgent && !urgent) {
      this.hasDeclined = true;
      return false;
    }
    return this.request === undefined || (urgent && !this.isUrgent);
  }

  /** A permit for one socket. If there is none now, the owner is called when there is. */
  take(urgent: boolean): Permit | undefined {
    if (this.permit === undefined && this.canAsk(urgent)) this.ask(urgent);
    const { permit } = this;
    this.permit = undefined;
    return permit;
  }

  /** Nobody waits any more: what nobody waits for may still be asked for, but nothing is closed for it. */
  calm(): void {
    if (!this.isUrgent || this.request === undefined) return;
    this.withdraw();
    this.owner.called();
  }

  /** A connection has become idle, and may be what others wait for. */
  offer(): void {
    this.budget.offer();
  }

  /** Whether a connection that own borrowers wait for is to be closed for others, who have fewer. */
  owes(): boolean {
    return this.budget.owes(this);
  }

  close(): void {
    this.withdraw();
    this.leave();
  }

  private ask(urgent: boolean): void {
    this.withdraw();
    this.isUrgent = urgent;
    this.error = undefined;
    const request = new Subscription();
    this.request = request;
    let isAsking = true;
    request.add(
      defer(() => this.budget.reserve({ urgent, holder: this })).subscribe({
        next: (permit) => {
          if (this.request === request) this.request = undefined;
          this.permit = permit;
          if (!isAsking) this.arrived();
        },
        error: (error: unknown) => {
          if (this.request === request) this.request = undefined;
          this.error = error;
        },
      }),
    );
    isAsking = false;
  }

  private arrived(): void {
    this.owner.called();
    const unused = this.permit;
    this.permit = undefined;
    unused?.release();
    if (!this.hasDeclined) return;
    this.hasDeclined = false;
    this.owner.called();
  }

  private withdraw(): void {
    const { request } = this;
    this.request = undefined;
    request?.unsubscribe();
  }
}
