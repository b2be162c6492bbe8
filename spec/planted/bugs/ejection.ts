import type { Bug } from '../bug.js';

const ejection = 'src/balance/ejection.ts';
const judge = 'src/pool/judge.ts';
const poolSpec = 'spec/pool/ejection.spec.ts';
const probeSpec = 'spec/balance/ejection-probe.spec.ts';

/** Bugs in who is ejected, for how long, and how it returns. */
export const EJECTION_BUGS: readonly Bug[] = [
  {
    name: 'ejected-but-kept-idle',
    breaks: 'the idle connections of an endpoint that is ejected are lent on',
    rule: 'contract',
    file: 'src/pool/dispatcher.ts',
    find: 'if (slot.state === table.idle) stock.shut(',
    replace: 'if (slot.state !== table.idle) stock.shut(',
    hints: [poolSpec],
  },
  {
    name: 'ejected-but-taken-back',
    breaks: 'what comes back to an ejected endpoint becomes idle, and is lent',
    rule: 'contract',
    file: 'src/pool/stock.ts',
    find: `    else if (end === undefined && this.owner.isOut(slot.endpoint)) end = 'ejected';
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'ejected-for-those-who-insist',
    breaks: 'whoever wants an ejected endpoint and no other waits until its time is over',
    rule: 'no waiter forgotten',
    file: judge,
    find: 'if (this.ejection === undefined || endpoint.waiting > 0) return true;',
    replace: 'if (this.ejection === undefined) return true;',
    hints: [poolSpec],
  },
  {
    name: 'full-pool-never-tries',
    breaks: 'an endpoint that is to be tried waits for as long as the pool is full of others',
    rule: 'contract',
    file: 'src/pool/sizing.ts',
    find: 'this.limitBut(this.judge.awaited)',
    replace: 'this.limit',
    hints: [poolSpec],
  },
  {
    name: 'probe-noted-by-nobody',
    breaks: 'an endpoint whose time is over is tried by all at once',
    rule: 'one probe',
    file: judge,
    find: `    this.ejection?.probeBegan(endpoint, now);
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'probe-that-left-blocks',
    breaks: 'when a borrower leaves that was to try an endpoint, the next one may only after the base time',
    rule: 'contract',
    file: judge,
    find: `    else ejection.probeLeft(endpoint, beganAt);
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'verdict-for-each-sharer',
    breaks: 'a lost connection that five have shared counts as five failures',
    rule: 'contract',
    file: 'src/pool/loans.ts',
    find: `, error, loan === loans[0] ? undefined : 'none');`,
    replace: ', error);',
    hints: [poolSpec],
  },
  {
    name: 'all-ejected-at-once',
    breaks: 'the last good endpoint can be ejected as well',
    rule: 'contract',
    file: ejection,
    find: 'Math.min(size - 1, Math.max(1, Math.floor(size * this.config.maxEjected + HAIR)))',
    replace: 'Math.max(1, Math.floor(size * this.config.maxEjected + HAIR))',
    hints: ['spec/balance/ejection-panic.spec.ts', 'spec/balance/ejection-property.spec.ts'],
  },
  {
    name: 'ejection-without-jitter',
    breaks: 'those ejected together return together',
    rule: 'contract',
    file: ejection,
    find: ' * (1 + jitter * this.chance.random())',
    replace: '',
    hints: ['spec/balance/ejection-times.spec.ts'],
  },
  {
    name: 'full-share-at-once',
    breaks: 'an endpoint that returns gets its full share at once',
    rule: 'contract',
    file: ejection,
    find: `    record.startSlowly(now, this.config.slowStart);
    record.startDecay(now);
`,
    replace: `    record.startDecay(now);
`,
    hints: ['spec/balance/ejection-slow-start.spec.ts'],
  },
  {
    name: 'warmer-but-ranked-as-cold',
    breaks:
      'an endpoint that returns keeps the turns of its first moment, since nobody ranks it again as it gets warmer',
    rule: 'contract',
    file: 'src/pool/balancer.ts',
    find: 'this.warming.add(endpoint);',
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'old-failure-is-a-verdict',
    breaks: 'a lease from before the ejection that fails late ejects an endpoint that is being tried',
    rule: 'contract',
    file: ejection,
    find: `    record.failures++;
    if (beganAt < record.countsFrom) return;
`,
    replace: `    record.failures++;
`,
    hints: [probeSpec],
  },
];
