import { NO_CONFIG, type BorrowConfig } from './borrow-config.js';
import { Borrower } from './borrower.js';
import type { Desk } from './desk.js';
import type { Lease } from './lease.js';

/** One lease as a promise, which rejects for wrong options as well. */
export function acquire<S, D>(desk: Desk<S, D>, config: BorrowConfig = NO_CONFIG): Promise<Lease<S, D>> {
  return new Promise((resolve, reject) => {
    if (config !== NO_CONFIG) desk.check('acquire', config);
    const { signal } = config;
    const wish = desk.wish(config);
    const lease = signal?.aborted ? undefined : desk.lease(wish);
    if (lease !== undefined) resolve(lease);
    else desk.wait(new AwaitingBorrower(resolve, reject), config, wish);
  });
}

class AwaitingBorrower<S, D> extends Borrower<S, D> {
  constructor(
    protected readonly lent: (lease: Lease<S, D>) => void,
    protected readonly refused: (error: unknown) => void,
  ) {
    super();
  }
}
