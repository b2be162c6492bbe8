import type { Bug } from '../bug.js';

const gate = 'src/endpoint/connect-gate.ts';
const queue = 'src/pool/wait-queue.ts';
const rateLimit = 'src/limit/rate-limit.ts';
const limitsSpec = 'spec/pool/limits.spec.ts';
const waitingSpec = 'spec/pool/limits-waiting.spec.ts';
const rateSpec = 'spec/limit/rate-limit.spec.ts';
const connectRateSpec = 'spec/endpoint/connect-rate.spec.ts';

/** Bugs in what each client may have, and how often an endpoint may be dialled. */
export const LIMIT_BUGS: readonly Bug[] = [
  {
    name: 'quota-kept-by-a-loss',
    breaks: 'a client whose connection is lost has one lease less for ever',
    rule: 'no waiter forgotten',
    file: 'src/pool/loans.ts',
    find: 'if (loan.pass !== undefined) this.leaving',
    replace: 'if (loan.pass !== undefined && ending !== undefined) this.leaving',
    hints: ['spec/pool/limits-ends.spec.ts'],
  },
  {
    name: 'token-taken-for-nothing',
    breaks: 'a borrower who gets no connection in its time has used up a turn of its client',
    rule: 'contract',
    file: 'src/limit/pass.ts',
    find: 'limit.retract(this.key);',
    replace: 'limit.exit(this.key);',
    hints: [limitsSpec],
  },
  {
    name: 'parked-but-served',
    breaks: 'a borrower who comes first is served without leave of its limits',
    rule: 'contract',
    file: queue,
    find: 'if (waiter.pass?.isIn === false) this',
    replace: 'if (waiter.pass?.isIn === false && this.time.count > 1) this',
    hints: [limitsSpec],
  },
  {
    name: 'dialled-for-the-parked',
    breaks: 'connections are opened for those who have no leave of a limit yet',
    rule: 'contract',
    file: queue,
    find: 'return this.time.count - this.parked.size;',
    replace: 'return this.time.count;',
    hints: [waitingSpec],
  },
  {
    name: 'served-after-its-time',
    breaks: 'a borrower whose time is up is served when it is given leave in the same moment',
    rule: 'no waiter forgotten',
    file: queue,
    find: 'if (lane !== this.parked || (deadlines !== undefined && queuedAt + deadlines.timeout <= now)) return false;',
    replace: 'if (lane !== this.parked) return false;',
    hints: [waitingSpec],
  },
  {
    name: 'close-forgets-the-parked',
    breaks: 'those who wait for leave of a limit wait on in a pool that has closed',
    rule: 'no waiter forgotten',
    file: 'src/pool/pool-core.ts',
    find: '[...this.queue.lanes, this.queue.parked]',
    replace: 'this.queue.lanes',
    hints: [waitingSpec],
  },
  {
    name: 'parked-let-exit',
    breaks: 'a process ends whose only borrower waits for leave of a limit',
    rule: 'idle lets exit',
    file: 'src/pool/dispatcher.ts',
    find: 'this.host.keepAlive(time.count > 0);',
    replace: 'this.host.keepAlive(false);',
    hints: [waitingSpec],
  },
  {
    name: 'left-with-its-leave',
    breaks: 'a borrower who has leave and unsubscribes while it waits for a connection keeps the leave',
    rule: 'no waiter forgotten',
    file: 'src/pool/desk.ts',
    find: 'if (this.core.lobby.cancel(borrower)) borrower.pass?.withdraw();',
    replace: 'this.core.lobby.cancel(borrower);',
    hints: [waitingSpec],
  },
  {
    name: 'rate-limit-passes-the-line',
    breaks: 'whoever comes when a turn is due passes those of its key who wait for it',
    rule: 'no waiter forgotten',
    file: rateLimit,
    find: 'if (allowance.first === undefined && this.take(allowance, now)) {',
    replace: 'if (this.take(allowance, now)) {',
    hints: [rateSpec],
  },
  {
    name: 'key-forgotten-early',
    breaks: 'a client that has used up its burst has a new one when the memory is cleared',
    rule: 'contract',
    file: 'src/limit/recent-keys.ts',
    find: 'this.earlier = this.recent;',
    replace: 'this.earlier = new Map();',
    hints: [rateSpec],
  },
  {
    name: 'burst-without-end',
    breaks: 'after a pause as many tokens are there as the pause was long',
    rule: 'contract',
    file: 'src/endpoint/token-bucket.ts',
    find: 'this.fullAt = Math.max(now, this.fullAt) + this.interval;',
    replace: 'this.fullAt = (this.fullAt === -Infinity ? now : this.fullAt) + this.interval;',
    hints: ['spec/endpoint/token-bucket.spec.ts'],
  },
  {
    name: 'unused-turn-costs-a-token',
    breaks: 'a pool that has no permit to dial with uses up the rate of its endpoint',
    rule: 'contract',
    file: gate,
    find: `    if (isUnused) this.config.bucket.giveBack();
`,
    replace: '',
    hints: [connectRateSpec],
  },
  {
    name: 'next-token-wakes-nobody',
    breaks: 'whoever waits for the rate of a healthy endpoint waits until something else happens',
    rule: 'no waiter forgotten',
    file: gate,
    find: 'return readyAt > this.config.clock.now() ? readyAt : Infinity;',
    replace: 'return Infinity;',
    hints: [connectRateSpec],
  },
];
