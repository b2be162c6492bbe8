import type { Subscription } from 'rxjs';
import { budget, type Budget, type Permit } from '../../src/index.js';
import { rule } from './breach.js';
import type { Neighbour } from './neighbour.js';

/** A budget, the other pool that shares it, and other code that takes part by reserving. */
export class SharedBudget {
  readonly budget: Budget;
  neighbour: Neighbour | undefined;
  readonly permits: Permit[] = [];
  readonly requests = new Set<Subscription>();

  constructor(limit: number) {
    this.budget = budget({ limit });
  }

  /** Other code wants to open a socket. */
  reserve(urgent: boolean): void {
    const request = this.budget.reserve({ urgent }).subscribe((permit) => {
      this.permits.push(permit);
    });
    request.add(() => this.requests.delete(request));
    if (!request.closed) this.requests.add(request);
  }

  /** Other code wants nothing any more. */
  stop(): void {
    for (const request of [...this.requests]) request.unsubscribe();
    for (const permit of this.permits.splice(0)) permit.release();
  }

  /** @param alive how many sockets there are at least, of all who take part, and `notClosed` at most */
  check(alive: number, notClosed: number): void {
    const { limit, used, waiting, members } = this.budget.picture;
    rule(used <= limit, 'never more permits are out than there are', () => `${used} of ${limit}`);
    const sockets = used - this.permits.length;
    rule(
      alive <= sockets && sockets <= notClosed,
      'each socket has a permit, and each permit a socket',
      () => `${used} used, ${alive} to ${notClosed} sockets and ${this.permits.length} reserved`,
    );
    rule(waiting === 0 || used === limit, 'nobody waits for a permit while there is one');
    const named = members.reduce((sum, one) => sum + one.waiting, 0);
    rule(waiting === named + this.requests.size, 'who waits for a permit is counted');
  }
}
