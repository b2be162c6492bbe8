import type { Bug } from '../bug.js';

const queue = 'src/pool/wait-queue.ts';
const deadlines = 'src/limit/deadline-list.ts';
const core = 'src/pool/pool-core.ts';
const lobby = 'src/pool/lobby.ts';
const line = 'src/limit/line.ts';

/** Bugs in who waits, for how long, and who is served. */
export const QUEUE_BUGS: readonly Bug[] = [
  {
    name: 'cancel-loses-the-next-waiter',
    breaks: 'a waiter that leaves the middle of the queue takes the one behind it along',
    rule: 'no waiter forgotten',
    file: line,
    find: 'else before.after = after;',
    replace: 'else before.after = after?.after;',
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'cancel-leaves-the-tail',
    breaks: 'after the last in the queue has left, whoever comes is linked behind it and never found',
    rule: 'no waiter forgotten',
    file: line,
    find: `    if (after === undefined) this.last = before;
    else after.before = before;
`,
    replace: `    if (after !== undefined) after.before = before;
`,
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'waiter-keeps-its-old-neighbour',
    breaks: 'a worker that waits again still points to who stood behind it before',
    rule: 'no waiter forgotten',
    file: line,
    find: `    one.after = undefined;
`,
    replace: '',
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'newcomer-overtakes',
    breaks: 'somebody who comes while others wait gets the connection that has just become idle',
    rule: 'no waiter forgotten',
    file: core,
    find: 'this.queue.size === 0 ? this.stock.take(now, endpoint) : this.dispatcher.takePassed(now, endpoint)',
    replace: 'this.stock.take(now, endpoint)',
    hints: ['spec/pool/overtaking.spec.ts'],
  },
  {
    name: 'timeout-after-the-grant',
    breaks: 'a waiter that has been served is still failed at its deadline',
    rule: 'no waiter forgotten',
    file: queue,
    find: `    this.deadlines.remove(waiter);
`,
    replace: '',
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'shorter-deadline-overlooked',
    breaks: 'the next deadline is that of the timeout used first, not the earliest',
    rule: 'no waiter forgotten',
    file: queue,
    find: 'if (first !== undefined) next = Math.min(next, first.queuedAt + timeout);',
    replace: 'if (first !== undefined) next = first.queuedAt + timeout;',
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'forgotten-list-is-used-again',
    breaks: 'waiters are put on a list of deadlines that nobody looks at any more, and never time out',
    rule: 'no waiter forgotten',
    file: 'src/limit/deadlines.ts',
    find: 'if (list !== this.latest) this.forgetEmpty(list);',
    replace: 'this.forgetEmpty(list);',
    hints: ['spec/pool/forgotten-timeouts.spec.ts'],
  },
  {
    name: 'deadline-behind-one-that-has-left',
    breaks: 'after the last with a timeout has left, the next with the same timeout never times out',
    rule: 'no waiter forgotten',
    file: deadlines,
    find: `    if (later === undefined) this.last = earlier;
    else later.earlier = earlier;
`,
    replace: `    if (later !== undefined) later.earlier = earlier;
`,
    hints: ['spec/pool/wait-queue.spec.ts'],
  },
  {
    name: 'later-alarm-replaces-the-earlier',
    breaks: 'a later deadline re-arms the timer, and the earlier one is missed',
    rule: 'no waiter forgotten',
    file: core,
    find: `    if (at >= this.alarmAt) return;
`,
    replace: '',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'timer-for-each-waiter',
    breaks: 'each borrower in the queue sets a timer of its own',
    rule: 'bare hot path',
    file: lobby,
    find: 'this.owner.wakeBy(now + timeout);',
    replace: 'this.clock.set(now + timeout, () => this.owner.wakeBy(this.clock.now()));',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'timer-for-each-loan',
    breaks: 'each borrow of an idle connection sets a timer and cancels it',
    rule: 'bare hot path',
    file: core,
    find: 'this.loans.begin(slot, 0, now, origin, pass);',
    replace: `this.loans.begin(slot, 0, now, origin, pass);
    this.clock.set(now + 60_000, () => this.settle()).unref();`,
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'loans-on-the-wall-clock',
    breaks: 'the time of a loan is not that of the clock in the configuration',
    rule: 'injected time',
    file: 'src/pool/loans.ts',
    find: 'slot.lentAt = now;',
    replace: 'slot.lentAt = Date.now();',
    hints: ['spec/pool/stats.spec.ts'],
  },
  {
    name: 'max-waiting-off-by-one',
    breaks: 'one borrower more than maxWaiting may wait',
    rule: 'bounded',
    file: lobby,
    find: 'if (this.queue.time.count >= this.config.maxWaiting) {',
    replace: 'if (this.queue.time.count > this.config.maxWaiting) {',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'gate-not-asked-in-a-hurry',
    breaks: 'the first borrower of a pool whose min is in a delay waits out that delay',
    rule: 'no waiter forgotten',
    file: lobby,
    find: 'for (const endpoint of this.owner.endpoints) endpoint.asked = false;',
    replace: '',
    hints: ['spec/pool/endpoints.spec.ts'],
  },
  {
    name: 'gate-never-asked-again',
    breaks: 'an endpoint whose gate has said no once is not dialled when it calls',
    rule: 'no waiter forgotten',
    file: core,
    find: 'for (const one of endpoint ? [endpoint] : this.stock.table.endpoints) one.asked = false;',
    replace: '',
    hints: ['spec/pool/endpoints.spec.ts'],
  },
  {
    name: 'process-held-after-the-grant',
    breaks: 'once somebody has waited, the idle pool keeps the process alive',
    rule: 'idle lets exit',
    file: 'src/pool/dispatcher.ts',
    find: `    this.calm();
    parts.loans.begin(`,
    replace: '    parts.loans.begin(',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'idle-timer-holds-the-process',
    breaks: 'the timer of a pool in which nobody waits keeps the process alive',
    rule: 'idle lets exit',
    file: 'src/pool/alarm.ts',
    find: 'if (!this.holding) this.timer.unref();',
    replace: '',
    hints: ['spec/pool/idle-timer.spec.ts'],
  },
  {
    name: 'unsubscribed-but-queued',
    breaks: 'a borrower that unsubscribes stays in the queue',
    rule: 'no waiter forgotten',
    file: 'src/pool/desk.ts',
    find: `    borrower.unwatch?.();
    if (this.core.lobby.cancel(borrower)) borrower.pass?.withdraw();
`,
    replace: `    borrower.unwatch?.();
`,
    hints: ['spec/pool/borrow.spec.ts'],
  },
  {
    name: 'waits-with-an-aborted-signal',
    breaks: 'a borrower whose signal has aborted before waits as if it had none',
    rule: 'no waiter forgotten',
    file: 'src/pool/desk.ts',
    find: `    if (signal?.aborted) borrower.failed(signal.reason);
    else if (`,
    replace: `    if (`,
    hints: ['spec/pool/borrow.spec.ts'],
  },
  {
    name: 'abort-listener-leaks',
    breaks: 'the listener on a signal stays when nobody waits with it any more',
    rule: 'bounded',
    file: 'src/pool/abort-watch.ts',
    find: 'if (listeners.delete(listener) && listeners.size === 0) stop();',
    replace: 'listeners.delete(listener);',
    hints: ['spec/pool/borrow.spec.ts'],
  },
  {
    name: 'abort-listener-stays-with-the-lease',
    breaks: 'a borrower that has been served goes on listening to its signal',
    rule: 'bounded',
    file: 'src/pool/borrower.ts',
    find: `    this.unwatch?.();
    if (connection`,
    replace: `    if (connection`,
    hints: ['spec/pool/acquire-signal.spec.ts'],
  },
];
