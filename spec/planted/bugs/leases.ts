import type { Bug } from '../bug.js';

const lease = 'src/pool/lease.ts';
const use = 'src/pool/use.ts';
const connection = 'src/pool/connection.ts';

/** Bugs in how a loan ends. */
export const LEASE_BUGS: readonly Bug[] = [
  {
    name: 'old-lease-ends-the-next-loan',
    breaks: 'a second release takes the socket from its next borrower',
    rule: 'one borrower',
    file: lease,
    find: `  release(): void {
    if (this.hasEnded) return;
`,
    replace: `  release(): void {
`,
    hints: ['spec/pool/lease.spec.ts'],
  },
  {
    name: 'old-lease-destroys-the-next-loan',
    breaks: 'a destroy after the release closes the socket of the next borrower',
    rule: 'one borrower',
    file: lease,
    find: `  destroy(error?: unknown, { now = false }: DestroyOptions = {}): void {
    if (this.hasEnded) return;
`,
    replace: `  destroy(error?: unknown, { now = false }: DestroyOptions = {}): void {
`,
    hints: ['spec/pool/lease.spec.ts'],
  },
  {
    name: 'unsubscribe-releases',
    breaks: 'a lease that is unsubscribed is lent again with an answer on its way',
    rule: 'raw and as new',
    file: lease,
    find: `  unsubscribe(): void {
    this.destroy();
`,
    replace: `  unsubscribe(): void {
    this.release();
`,
    hints: ['spec/pool/lease.spec.ts'],
  },
  {
    name: 'dispose-releases',
    breaks: 'a lease that using leaves on an exception is lent again',
    rule: 'raw and as new',
    file: lease,
    find: `  [Symbol.dispose](): void {
    this.destroy();
`,
    replace: `  [Symbol.dispose](): void {
    this.release();
`,
    hints: ['spec/pool/lease.spec.ts'],
  },
  {
    name: 'stream-stays-with-the-lease',
    breaks: 'each subscription to data$ or lost$ is kept until the lease ends',
    rule: 'bounded',
    file: lease,
    find: 'if (witnesses !== undefined) this.connection.witnesses = witnesses.filter((one) => one !== witness);',
    replace: 'void witnesses;',
    hints: ['spec/pool/stream-memory.spec.ts'],
  },
  {
    name: 'given-back-before-readers-stop',
    breaks: 'the next borrower has the socket while data$ of the last one still reads it',
    rule: 'one borrower',
    file: connection,
    find: `    for (const witness of witnesses) witness.ended();
    if (this.loss === undefined) giveBack();
`,
    replace: `    if (this.loss === undefined) giveBack();
    for (const witness of witnesses) witness.ended();
`,
    hints: ['spec/pool/lease-streams.spec.ts'],
  },
  {
    name: 'last-loss-counts',
    breaks: 'a lease tells the latest reason of its loss instead of the first',
    rule: 'contract',
    file: connection,
    find: `    if (this.loss !== undefined) return;
`,
    replace: '',
    hints: ['spec/pool/first-loss.spec.ts'],
  },
  {
    name: 'detached-still-owned',
    breaks: 'the loss of a detached socket empties the slot of somebody else',
    rule: 'one borrower',
    file: 'src/pool/dialler.ts',
    find: `    connection.attempt.excuse();
    connection.owned = false;
`,
    replace: `    connection.attempt.excuse();
`,
    hints: ['spec/pool/lease.spec.ts'],
  },
  {
    name: 'lease-for-somebody-who-has-left',
    breaks: 'the lease of a borrower that leaves while its loan is told stays lent for ever',
    rule: 'one borrower',
    file: 'src/pool/deliver.ts',
    find: `  if (subscriber.closed) lease.release();
  else subscriber.next(lease);
`,
    replace: `  subscriber.next(lease);
`,
    hints: ['spec/pool/loan-ends.spec.ts'],
  },
  {
    name: 'use-releases-on-error',
    breaks: 'a socket whose project failed in the middle of an answer is lent again',
    rule: 'raw and as new',
    file: use,
    find: "this.giveUp({ type: 'error', error });",
    replace: 'this.lease.release();',
    hints: ['spec/pool/use.spec.ts'],
  },
  {
    name: 'use-releases-on-unsubscribe',
    breaks: 'a socket whose project was stopped in the middle of an answer is lent again',
    rule: 'raw and as new',
    file: use,
    find: "if (this.end()) this.giveUp({ type: 'unsubscribed' });",
    replace: 'if (this.end()) this.lease.release();',
    hints: ['spec/pool/use.spec.ts'],
  },
  {
    name: 'use-gives-no-microtask',
    breaks: 'firstValueFrom costs the connection although the project has answered in full',
    rule: 'contract',
    file: use,
    find: `    if (this.delivering > 0) queueMicrotask(end);
    else end();
`,
    replace: `    end();
`,
    hints: ['spec/pool/use-leaving.spec.ts'],
  },
  {
    name: 'use-completes-before-it-releases',
    breaks: 'the next use in the completion finds no idle socket and dials',
    rule: 'state first',
    file: use,
    find: `    this.lease.release();
    this.subscriber.complete();
`,
    replace: `    this.subscriber.complete();
    this.lease.release();
`,
    hints: ['spec/pool/use.spec.ts'],
  },
  {
    name: 'use-leaves-its-project-running',
    breaks: 'a project goes on with the socket that its consumer has given back',
    rule: 'one borrower',
    file: use,
    find: `    this.inner?.unsubscribe();
    return true;
`,
    replace: `    return true;
`,
    hints: ['spec/pool/use.spec.ts', 'spec/pool/use-leaving.spec.ts'],
  },
];
