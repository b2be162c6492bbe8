import type { Bug } from '../bug.js';

const gate = 'src/endpoint/connect-gate.ts';

/** Bugs in who may dial, and when. */
export const GATE_BUGS: readonly Bug[] = [
  {
    name: 'backoff-never-resets',
    breaks: 'an endpoint that has proven itself keeps its failures, and its delays go on growing',
    rule: 'one probe',
    file: 'src/endpoint/failures.ts',
    find: `    this.count = 0;
    this.isUnproven`,
    replace: `    this.isUnproven`,
    hints: ['spec/endpoint/reset-after.spec.ts'],
  },
  {
    name: 'backoff-resets-at-once',
    breaks: 'any success starts the delays over, so that a server which accepts and drops is hammered',
    rule: 'one probe',
    file: 'src/endpoint/failures.ts',
    find: `oldest.connectedAt + this.resetAfter`,
    replace: `oldest.connectedAt`,
    hints: ['spec/endpoint/reset-after.spec.ts'],
  },
  {
    name: 'ramp-not-paced',
    breaks: 'the connections behind the first one that succeeds are opened without a delay between them',
    rule: 'one probe',
    file: gate,
    find: `    if (this.failures.opened(turn)) this.delay.pace(this.config.urgentMax);
`,
    replace: `    this.failures.opened(turn);
`,
    hints: ['spec/endpoint/reset-after.spec.ts'],
  },
  {
    name: 'many-probes',
    breaks: 'while an endpoint is down, up to maxConnecting probes go out together',
    rule: 'one probe',
    file: gate,
    find: `(this.failures.isUnproven ? 1 : this.config.maxConnecting)`,
    replace: `(this.failures.isUnproven && this.open > 0 ? 1 : this.config.maxConnecting)`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'max-connecting-ignored',
    breaks: 'a healthy endpoint is dialled as often as anybody asks',
    rule: 'contract',
    file: gate,
    find: `(this.failures.isUnproven ? 1 : this.config.maxConnecting)`,
    replace: `(this.failures.isUnproven ? 1 : Infinity)`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'max-connecting-off-by-one',
    breaks: 'one attempt more than maxConnecting runs, and two probes while the endpoint is down',
    rule: 'one probe',
    file: gate,
    find: 'return this.connecting < (',
    replace: 'return this.connecting <= (',
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'urgent-max-ignored',
    breaks: 'a borrower who waits when the failure comes waits out the whole delay',
    rule: 'no waiter forgotten',
    file: gate,
    find: 'const urgentAt = this.line.firstUrgent === undefined ? Infinity : this.delay.since + this.config.urgentMax;',
    replace: 'const urgentAt = Infinity;',
    hints: ['spec/endpoint/urgent.spec.ts'],
  },
  {
    name: 'turn-lost-by-abort',
    breaks: 'the turn of an attempt that is given up passes on to nobody',
    rule: 'no waiter forgotten',
    file: gate,
    find: `    if (isUnused) this.config.bucket.giveBack();
    this.settle();
`,
    replace: `    if (isUnused) this.config.bucket.giveBack();
`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'gate-timer-for-nobody',
    breaks: 'the timer of a delay runs on when the last one who waited for it has left',
    rule: 'idle lets exit',
    file: gate,
    find: `    this.line.leave(asker);
    this.arm();
`,
    replace: `    this.line.leave(asker);
`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'stale-failure-counts',
    breaks: 'attempts that fail together count as one failure each, and multiply the delay',
    rule: 'one probe',
    file: gate,
    find: `if (turn.era === this.failures.era) this.count(error, false);`,
    replace: `this.count(error, false);`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'young-loss-forgiven',
    breaks: 'a loss counts only where no other connection is open, however young it was',
    rule: 'one probe',
    file: gate,
    find: `turn.era === this.failures.era ? young || last : `,
    replace: `turn.era === this.failures.era ? last : `,
    hints: ['spec/endpoint/reset-after.spec.ts'],
  },
  {
    name: 'own-close-is-a-failure',
    breaks: 'a connection that the pool itself has closed counts as a failure of its endpoint',
    rule: 'one probe',
    file: gate,
    find: `if (counts && !turn.excused) this.count(error, !young);`,
    replace: `if (counts) this.count(error, !young);`,
    hints: ['spec/pool/lease.spec.ts', 'spec/pool/status.spec.ts'],
  },
  {
    name: 'end-counted-twice',
    breaks: 'a connection whose end is told twice is taken off the open ones twice',
    rule: 'contract',
    file: gate,
    find: `    turn.isOver = true;
`,
    replace: '',
    hints: ['spec/endpoint/ended-once.spec.ts'],
  },
  {
    name: 'revived-without-retries',
    breaks: 'retryNow revives an endpoint that has given up, which then gives up at its first failure',
    rule: 'contract',
    file: gate,
    find: `if (this.exhausted !== undefined) this.failures.count = 0;`,
    replace: ``,
    hints: ['spec/endpoint/retry-count.spec.ts'],
  },
  {
    name: 'down-for-ever',
    breaks: 'an endpoint whose server has closed what was idle is told as down until somebody dials again',
    rule: 'contract',
    file: gate,
    find: 'return this.isResting && this.source.value.state',
    replace: 'return !this.isResting && this.source.value.state',
    hints: ['spec/endpoint/endpoint-status.spec.ts'],
  },
  {
    name: 'success-tells-nothing',
    breaks: 'an endpoint that was up until its user closed the connection is told as down, with an error from before',
    rule: 'contract',
    file: 'src/endpoint/failures.ts',
    find: `    this.latest = undefined;
`,
    replace: '',
    hints: ['spec/endpoint/endpoint-status.spec.ts'],
  },
  {
    name: 'asking-again-loses-the-place',
    breaks: 'whoever asks again while in line goes to its end',
    rule: 'no waiter forgotten',
    file: 'src/endpoint/asker-line.ts',
    find: 'if (this.askers.has(asker)) return;',
    replace: 'this.askers.delete(asker);',
    hints: ['spec/endpoint/place-in-line.spec.ts'],
  },
  {
    name: 'line-keeps-alive-for-ever',
    breaks: 'the timer of a delay stays ref-ed after all who keep the process alive have left the line',
    rule: 'idle lets exit',
    file: 'src/endpoint/asker-line.ts',
    find: 'if (asker.keepsAlive) this.keepingAlive--;',
    replace: '',
    hints: ['spec/endpoint/urgent.spec.ts'],
  },
  {
    name: 'left-but-in-line',
    breaks: 'whoever unsubscribes during a delay stays in line, and gets the next turn',
    rule: 'no waiter forgotten',
    file: 'src/endpoint/turns.ts',
    find: `      gate.leave(asker);
`,
    replace: '',
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'notifier-not-stopped',
    breaks: 'the notifier of a delay that was ended runs on, and that of the next delay never starts',
    rule: 'no waiter forgotten',
    file: 'src/endpoint/connect-delay.ts',
    find: `    this.run = undefined;
    this.watch(false);
`,
    replace: `    this.run = undefined;
`,
    hints: ['spec/endpoint/retry-delay.spec.ts', 'spec/endpoint/urgent.spec.ts'],
  },
];
