import type { Subscriber } from 'rxjs';
import type { Account } from './account.js';
import type { Lined } from './line.js';
import type { Permit } from './permit.js';

/** A request that waits. */
export class PermitRequest implements Lined<PermitRequest> {
  before: PermitRequest | undefined;
  after: PermitRequest | undefined;
  isWaiting = false;

  constructor(
    readonly account: Account,
    readonly subscriber: Subscriber<Permit>,
  ) {}
}
