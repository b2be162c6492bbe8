import type { Subscriber } from 'rxjs';
import type { Account } from './account.js';
import type { Permit } from './permit.js';

/** A request that waits. */
export class PermitRequest {
  /** Its neighbours among the requests of its holder. */
  before: PermitRequest | undefined;
  after: PermitRequest | undefined;
  isWaiting = false;

  constructor(
    readonly account: Account,
    readonly subscriber: Subscriber<Permit>,
  ) {}
}
