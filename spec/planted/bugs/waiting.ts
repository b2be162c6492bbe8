import type { Bug } from '../bug.js';

/** Bugs in who goes first, for which endpoint, and how a wait ends. */
export const WAITING_BUGS: readonly Bug[] = [
  {
    name: 'priority-ignored',
    breaks: 'the highest priority waits like any other',
    rule: 'contract',
    file: 'src/pool/borrower.ts',
    find: 'return this.wish?.priority ?? 0;',
    replace: 'return 0;',
    hints: ['spec/pool/priority.spec.ts'],
  },
  {
    name: 'first-come-forgotten-across-wishes',
    breaks: 'whoever insists on an endpoint overtakes those who take any and came first',
    rule: 'no waiter forgotten',
    file: 'src/pool/wait-queue.ts',
    find: 'if (senior === undefined || first.number < senior.number) senior = first;',
    replace: 'senior ??= first;',
    hints: ['spec/pool/priority.spec.ts'],
  },
  {
    name: 'whoever-insists-starves',
    breaks: 'whoever waits for an endpoint gets nothing while the pool is full of connections that later ones take',
    rule: 'no waiter forgotten',
    file: 'src/pool/waiter.ts',
    find: 'this.priority > other.priority || (this.priority === other.priority && this.number < other.number)',
    replace: 'this.priority > other.priority',
    hints: ['spec/pool/endpoint-constraint.spec.ts'],
  },
  {
    name: 'fail-fast-lost-on-the-way',
    breaks: 'borrowers wait for an endpoint that is down in spite of failFast',
    rule: 'contract',
    file: 'src/pool/core-config.ts',
    find: 'failFast: config.failFast ?? false,',
    replace: 'failFast: false,',
    hints: ['spec/pool/fail-fast.spec.ts'],
  },
  {
    name: 'async-context-lost-on-errors',
    breaks: 'whoever gets an error hears of it in the async context of somebody else',
    rule: 'contract',
    file: 'src/pool/borrower.ts',
    find: `    if (this.within === undefined) this.refused(error);
    else inContext(this.within, () => this.refused(error));
`,
    replace: `    this.refused(error);
`,
    hints: ['spec/pool/async-context.spec.ts'],
  },
  {
    name: 'late-deadline-counts-at-once',
    breaks: 'after the event loop was blocked borrowers fail although what they wait for has arrived',
    rule: 'no waiter forgotten',
    file: 'src/endpoint/deadline.ts',
    find: 'if (now - this.at <= LATE) {',
    replace: 'if (now >= this.at) {',
    hints: ['spec/pool/late-deadline.spec.ts'],
  },
];
