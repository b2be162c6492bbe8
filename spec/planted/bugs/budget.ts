import type { Bug } from '../bug.js';

const budget = 'src/limit/budget.ts';
const poolsSpec = 'spec/pool/budget-pools.spec.ts';
const budgetSpec = 'spec/limit/budget.spec.ts';
const evictionSpec = 'spec/limit/eviction.spec.ts';

/** Bugs in how pools share a budget of sockets. */
export const BUDGET_BUGS: readonly Bug[] = [
  {
    name: 'permit-lost-by-a-failed-attempt',
    breaks: 'the permit of an attempt that failed never comes back',
    rule: 'no waiter forgotten',
    file: 'src/pool/dialler.ts',
    find: `    permit?.release();
    this.attempts.delete(slot);
`,
    replace: `    this.attempts.delete(slot);
`,
    hints: [poolsSpec],
  },
  {
    name: 'permit-free-before-the-close',
    breaks: 'a permit comes back when the close begins, while the socket is still open',
    rule: 'one borrower',
    file: 'src/pool/dialler.ts',
    find: `    connection.attempt.excuse();
    connection.closing?.unsubscribe();
`,
    replace: `    connection.attempt.excuse();
    connection.permit?.release();
    connection.closing?.unsubscribe();
`,
    hints: [poolsSpec],
  },
  {
    name: 'budget-over-its-limit',
    breaks: 'whoever waits gets one permit more than there are',
    rule: 'one borrower',
    file: budget,
    find: 'while (this.used < this.limit) {',
    replace: 'while (this.used <= this.limit) {',
    hints: [budgetSpec],
  },
  {
    name: 'same-holder-again-and-again',
    breaks: 'the holder that came first is served until it asks for nothing more',
    rule: 'no waiter forgotten',
    file: 'src/limit/request-line.ts',
    find: 'if (this.round.delete(account)) this.round.set(account, line);',
    replace: '',
    hints: [budgetSpec],
  },
  {
    name: 'patient-before-urgent',
    breaks: 'what nobody waits for is opened before what somebody waits for',
    rule: 'no waiter forgotten',
    file: budget,
    find: 'this.urgent.shift() ?? this.patient.shift()',
    replace: 'this.patient.shift() ?? this.urgent.shift()',
    hints: [budgetSpec],
  },
  {
    name: 'eviction-for-nobody',
    breaks: 'an idle connection is closed for one that nobody waits for',
    rule: 'contract',
    file: budget,
    find: 'this.evictions.ask(this.accounts.values(), this.urgent.waitedFor)',
    replace: 'this.evictions.ask(this.accounts.values(), this.urgent.size + this.patient.size)',
    hints: [evictionSpec],
  },
  {
    name: 'latest-idle-evicted',
    breaks: 'the connection used last is closed for others instead of the longest idle one',
    rule: 'contract',
    file: 'src/limit/evictions.ts',
    find: 'a.since - b.since',
    replace: 'b.since - a.since',
    hints: [evictionSpec],
  },
  {
    name: 'nothing-given-up-for-the-poor',
    breaks: 'a pool whose own borrowers wait keeps all it has, and another never gets a connection',
    rule: 'no waiter forgotten',
    file: 'src/pool/stock.ts',
    find: `    else if (this.host.owes()) this.shut(slot, 'evicted');
`,
    replace: '',
    hints: [poolsSpec],
  },
  {
    name: 'budget-not-asked-behind-another-wish',
    breaks: 'whoever comes behind a borrower that wants another endpoint has no idle connection of another pool closed',
    rule: 'no waiter forgotten',
    file: 'src/pool/lobby.ts',
    find: 'if (waiter.lane?.first !== waiter) return;',
    replace: 'if (this.queue.size !== 1) return;',
    hints: [poolsSpec],
  },
  {
    name: 'evicted-for-somebody-who-has-left',
    breaks:
      'an idle connection of another pool is closed for a borrower who has left, where the others have theirs on the way',
    rule: 'contract',
    file: 'src/pool/permits.ts',
    find: `    return isWaitedFor;
`,
    replace: `    return true;
`,
    hints: [poolsSpec],
  },
  {
    name: 'budget-not-told-of-the-next-borrower',
    breaks: 'after a borrower has left, nothing is closed for the next one',
    rule: 'no waiter forgotten',
    file: 'src/pool/dispatcher.ts',
    find: `    this.host.insist();
`,
    replace: '',
    hints: [poolsSpec],
  },
  {
    name: 'given-up-for-requests-without-borrowers',
    breaks: 'a pool closes what its own borrowers wait for, for a request of another that nobody waits for any more',
    rule: 'contract',
    file: 'src/limit/request-line.ts',
    find: ' && other.isWaitedFor',
    replace: '',
    hints: [evictionSpec],
  },
];
