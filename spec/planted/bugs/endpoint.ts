import type { Bug } from '../bug.js';

/** Bugs in attempts, events, factories and time. */
export const ENDPOINT_BUGS: readonly Bug[] = [
  {
    name: 'backoff-starts-too-long',
    breaks: 'the first delay is already multiplied by the factor',
    rule: 'contract',
    file: 'src/endpoint/backoff.ts',
    find: 'factor ** (attempt - 1)',
    replace: 'factor ** attempt',
    hints: ['spec/endpoint/backoff.spec.ts'],
  },
  {
    name: 'equal-jitter-too-long',
    breaks: 'a delay with equal jitter may be longer than max',
    rule: 'contract',
    file: 'src/endpoint/backoff.ts',
    find: 'delay * (0.5 + random() / 2)',
    replace: 'delay * (0.5 + random())',
    hints: ['spec/endpoint/backoff.spec.ts'],
  },
  {
    name: 'prepare-without-limit',
    breaks: 'hookTimeout does not apply to prepare',
    rule: 'no unhandled error',
    file: 'src/endpoint/prepare.ts',
    find: `const timer = setDeadline(clock, clock.now() + hookTimeout, () => {`,
    replace: `const timer = setDeadline(clock, Infinity, () => {`,
    hints: ['spec/endpoint/prepare.spec.ts'],
  },
  {
    name: 'refused-socket-not-waited-for',
    breaks: 'the turn of an attempt whose prepare has failed is free before its socket has closed',
    rule: 'one borrower',
    file: 'src/endpoint/attempt.ts',
    find: `      error: (error: unknown) => {
        this.refuse(socket, error);
      },`,
    replace: `      error: (error: unknown) => {
        this.fail(error);
      },`,
    hints: ['spec/endpoint/prepare.spec.ts'],
  },
  {
    name: 'failure-told-before-the-gate-knows',
    breaks: 'whoever hears of a failure finds an endpoint that knows nothing of it',
    rule: 'state first',
    file: 'src/endpoint/attempt.ts',
    find: `    if (stage === 'up') gate.lost(turn, error);
    else if (stage === 'given up' && refusal === undefined) gate.abandoned();
    else gate.failed(turn, error);
    if (stage === 'up') owner.lost(error);
    else if (stage === 'given up') owner.abandoned();
    else owner.failed(error);
`,
    replace: `    if (stage === 'up') owner.lost(error);
    else if (stage === 'given up') owner.abandoned();
    else owner.failed(error);
    if (stage === 'up') gate.lost(turn, error);
    else if (stage === 'given up' && refusal === undefined) gate.abandoned();
    else gate.failed(turn, error);
`,
    hints: ['spec/endpoint/connection-event.spec.ts'],
  },
  {
    name: 'turn-passes-on-before-the-abort',
    breaks: 'the next attempt begins while the socket of the one given up is still there',
    rule: 'one borrower',
    file: 'src/endpoint/attempt.ts',
    find: `    this.letGo();
    if (stage === 'up') gate.closed(this.turn);
    else if (refusal !== undefined) gate.failed(this.turn, refusal.error);
    else gate.abandoned();
`,
    replace: `    if (stage === 'up') gate.closed(this.turn);
    else if (refusal !== undefined) gate.failed(this.turn, refusal.error);
    else gate.abandoned();
    this.letGo();
`,
    hints: ['spec/endpoint/connect-gate.spec.ts'],
  },
  {
    name: 'attempts-counted-over-successes',
    breaks: 'the events number the attempts on and on instead of anew after each success',
    rule: 'contract',
    file: 'src/endpoint/lifecycle.ts',
    find: `      attempt = 0;
`,
    replace: '',
    hints: ['spec/endpoint/connection-event.spec.ts'],
  },
  {
    name: 'downtime-from-the-last-failure',
    breaks: 'reconnected tells the time since the last failed attempt instead of since the loss',
    rule: 'contract',
    file: 'src/endpoint/lifecycle.ts',
    find: 'if (up) resetAt = at;',
    replace: 'if (up || resetAt !== undefined) resetAt = at;',
    hints: ['spec/endpoint/connection-event.spec.ts'],
  },
  {
    name: 'close-error-unheard',
    breaks: 'a transport whose close fails leaves an error to nobody',
    rule: 'teardowns never throw',
    file: 'src/endpoint/close-within.ts',
    find: 'subscribe({ error: done, complete: done })',
    replace: 'subscribe({ complete: done })',
    hints: ['spec/pool/close.spec.ts', 'spec/pool/loan-ends.spec.ts'],
  },
  {
    name: 'close-leaves-its-timer',
    breaks: 'each close keeps a timer, and with it the process, for hookTimeout',
    rule: 'idle lets exit',
    file: 'src/endpoint/close-within.ts',
    find: `      timer.cancel();
`,
    replace: '',
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'late-creation-leaks',
    breaks: 'what create makes for somebody who has left is never destroyed',
    rule: 'contract',
    file: 'src/endpoint/from-factory.ts',
    find: `              if (subscriber.closed) drop();
              else subscriber.next(resource);
`,
    replace: `              subscriber.next(resource);
`,
    hints: ['spec/endpoint/from-factory.spec.ts'],
  },
  {
    name: 'destroyed-twice',
    breaks: 'the close and the unsubscribe both call destroy',
    rule: 'contract',
    file: 'src/endpoint/from-factory.ts',
    find: `    destroying.set(holder, closed);
`,
    replace: '',
    hints: ['spec/endpoint/from-factory.spec.ts'],
  },
  {
    name: 'clock-read-at-each-call',
    breaks: 'each borrow reads the clock of the system, which costs as much as the borrow',
    rule: 'bare hot path',
    file: 'src/endpoint/system-clock.ts',
    find: 'return this.isFresh ? this.time : this.read();',
    replace: 'return this.read();',
    hints: ['spec/endpoint/system-clock.spec.ts'],
  },
  {
    name: 'timer-fires-early',
    breaks: 'a timer fires up to a ms before its time, when nothing is due yet',
    rule: 'injected time',
    file: 'src/endpoint/system-clock.ts',
    find: 'Math.ceil(this.at - this.clock.now())',
    replace: 'Math.floor(this.at - this.clock.now())',
    hints: ['spec/endpoint/system-clock.spec.ts'],
  },
  {
    name: 'far-timer-forgets-unref',
    breaks: 'an unref-ed timer of more than 24 days keeps the process alive from its second step on',
    rule: 'idle lets exit',
    file: 'src/endpoint/system-clock.ts',
    find: `      if (!this.keepsAlive) this.unref();
`,
    replace: '',
    hints: ['spec/endpoint/system-clock.spec.ts'],
  },
];
