import type { Bug } from '../bug.js';

const core = 'src/pool/pool-core.ts';
const dispatcher = 'src/pool/dispatcher.ts';
const closing = 'src/pool/closing.ts';
const events = 'src/pool/event-queue.ts';

/** Bugs in how a pool closes, gets ready and tells of itself. */
export const CLOSE_AND_NEWS_BUGS: readonly Bug[] = [
  {
    name: 'close-resolves-too-early',
    breaks: 'close resolves while sockets are still closing',
    rule: 'contract',
    file: dispatcher,
    find: 'this.isDrained || stock.table.owned > 0',
    replace: 'this.isDrained || stock.table.live > 0',
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'close-leaves-attempts',
    breaks: 'close does not abort the attempts under way, and waits for them',
    rule: 'contract',
    file: core,
    find: 'if (slot.state !== stock.table.lent) stock.dismiss(',
    replace: 'if (slot.state !== stock.table.lent && slot.state !== stock.table.connecting) stock.dismiss(',
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'drained-twice',
    breaks: 'drained is announced again at each call that comes after the close',
    rule: 'contract',
    file: dispatcher,
    find: `    this.isDrained = true;
`,
    replace: '',
    hints: ['spec/pool/drained-once.spec.ts'],
  },
  {
    name: 'second-close-lengthens',
    breaks: 'a later close with a longer timeout puts off the end of the first',
    rule: 'contract',
    file: closing,
    find: 'if (deadline >= this.deadline || this.core.stock.table.owned === 0) return;',
    replace: 'if (this.core.stock.table.owned === 0) return;',
    hints: ['spec/pool/close-again.spec.ts'],
  },
  {
    name: 'second-close-does-not-harden',
    breaks: 'destroy does nothing for what the first close is closing in good order',
    rule: 'contract',
    file: closing,
    find: "for (const slot of this.slots('closing')) this.core.stock.hasten(slot);",
    replace: '',
    hints: ['spec/pool/close-again.spec.ts'],
  },
  {
    name: 'close-leaves-its-timer-behind',
    breaks: 'the timeout of close keeps the process alive after everything has closed',
    rule: 'idle lets exit',
    file: closing,
    find: `    this.timer?.cancel();
    const {`,
    replace: `    const {`,
    hints: ['spec/pool/close-timer.spec.ts'],
  },
  {
    name: 'event-in-the-middle-of-a-change',
    breaks: 'a listener hears of a change while it is being made',
    rule: 'state first',
    file: events,
    find: 'if (this.observed) this.waiting.push(this.slotEvent(type, slot, detail));',
    replace: `if (!this.observed) return;
    this.waiting.push(this.slotEvent(type, slot, detail));
    this.flush();`,
    hints: ['spec/pool/reentrancy.spec.ts'],
  },
  {
    name: 'event-overtakes-event',
    breaks: 'an event that a listener causes reaches the other listeners before the one it came from',
    rule: 'state first',
    file: events,
    find: 'if (this.flushing || this.waiting.length === 0) return false;',
    replace: 'if (this.waiting.length === 0) return false;',
    hints: ['spec/pool/events.spec.ts'],
  },
  {
    name: 'events-made-for-nobody',
    breaks: 'once somebody has listened, events are made for ever',
    rule: 'bare hot path',
    file: events,
    find: `      this.observed = this.listeners.length > 0;
`,
    replace: '',
    hints: ['spec/pool/unobserved.spec.ts'],
  },
  {
    name: 'grants-nest',
    breaks: 'a borrower that releases within its grant serves the next one from there, until the stack is full',
    rule: 'state first',
    file: dispatcher,
    find: `    if (this.isRunning) return;
`,
    replace: '',
    hints: ['spec/pool/pool-core.spec.ts'],
  },
  {
    name: 'lost-loan-not-counted',
    breaks: 'a loan that ends with its connection is missing from the totals',
    rule: 'contract',
    file: core,
    find: 'this.recorder.totals.lostLent += this.loans.endAll(slot);',
    replace: 'this.loans.endAll(slot);',
    hints: ['spec/pool/stats.spec.ts'],
  },
  {
    name: 'lost-loan-is-no-error',
    breaks: 'the error rate leaves out the loans whose connection was lost',
    rule: 'contract',
    file: 'src/pool/recorder.ts',
    find: 'broken: destroyed + lostLent,',
    replace: 'broken: destroyed,',
    hints: ['spec/pool/stats.spec.ts'],
  },
  {
    name: 'quantile-off-by-one',
    breaks: 'a quantile is the sample above the one it should be',
    rule: 'contract',
    file: 'src/pool/samples.ts',
    find: 'Math.ceil(share * sorted.length) - 1',
    replace: 'Math.ceil(share * sorted.length)',
    hints: ['spec/pool/stats.spec.ts'],
  },
  {
    name: 'ready-one-too-late',
    breaks: 'ready waits for one connection more than it was asked for',
    rule: 'contract',
    file: 'src/pool/readiness.ts',
    find: 'this.leave((one) => one.n <= open)',
    replace: 'this.leave((one) => one.n < open)',
    hints: ['spec/pool/ready.spec.ts'],
  },
  {
    name: 'ready-keeps-the-pool-warm',
    breaks: 'what ready asked for is kept open for ever',
    rule: 'contract',
    file: 'src/pool/readiness.ts',
    find: `    for (const { unwatch } of leaving) unwatch?.();
    this.ask();
`,
    replace: `    for (const { unwatch } of leaving) unwatch?.();
`,
    hints: ['spec/pool/ready.spec.ts'],
  },
  {
    name: 'ready-lets-the-process-end',
    breaks: 'a process that waits for its pool to be ready ends silently while the server is down',
    rule: 'no waiter forgotten',
    file: 'src/pool/readiness.ts',
    find: 'this.alarm.keepAlive(this.waiting.length > 0);',
    replace: '',
    hints: ['spec/pool/ready.spec.ts', 'spec/integration/process.it.spec.ts'],
  },
  {
    name: 'ready-without-limit',
    breaks: 'the timeout of ready never fires',
    rule: 'no waiter forgotten',
    file: 'src/pool/readiness.ts',
    find: 'this.alarm.set(Math.min(...this.waiting.map(({ since, timeout }) => since + timeout)));',
    replace: '',
    hints: ['spec/pool/ready.spec.ts'],
  },
  {
    name: 'aborted-run-goes-on',
    breaks: 'an abort rejects the promise of run, and the socket stays lent for as long as the task likes',
    rule: 'one borrower',
    file: 'src/pool/run.ts',
    find: 'desk.onAbort(signal, end(reject))',
    replace: 'desk.onAbort(signal, reject)',
    hints: ['spec/pool/run.spec.ts'],
  },
  {
    name: 'read-in-a-foreign-context',
    breaks: 'data$ emits in the async context of whoever had the socket opened',
    rule: 'contract',
    file: 'src/pool/lease.ts',
    find: 'return asyncContext === undefined ? data$ : withinContext(data$, asyncContext);',
    replace: 'return data$;',
    hints: ['spec/pool/async-context.spec.ts'],
  },
];
