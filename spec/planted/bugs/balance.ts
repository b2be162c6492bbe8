import type { Bug } from '../bug.js';

const balancer = 'src/pool/balancer.ts';
const dispatcher = 'src/pool/dispatcher.ts';
const idleSet = 'src/pool/idle-set.ts';
const judge = 'src/pool/judge.ts';
const hashRing = 'src/balance/hash-ring.ts';
const poolSpec = 'spec/pool/balance.spec.ts';
const idleSetSpec = 'spec/pool/idle-set.spec.ts';
const ringSpec = 'spec/balance/consistent-hash.spec.ts';

/** Bugs in which of several endpoints is used. */
export const BALANCE_BUGS: readonly Bug[] = [
  {
    name: 'lost-last-idle-stays-to-pick',
    breaks: 'an endpoint whose last idle connection was lost stays among those to pick from',
    rule: 'state first',
    file: idleSet,
    find: `    this.slots.splice(at, 1);
    if (this.slots.length === 0) this.owner?.changed?.();
`,
    replace: `    this.slots.splice(at, 1);
`,
    hints: [idleSetSpec],
  },
  {
    name: 'put-back-but-never-picked',
    breaks: 'an endpoint whose only idle connection has been validated is not among those to pick from',
    rule: 'no waiter forgotten',
    file: idleSet,
    find: `    if (this.slots.length === 1) this.owner?.changed?.();
  }

  /** The next to lend`,
    replace: `  }

  /** The next to lend`,
    hints: [idleSetSpec],
  },
  {
    name: 'leases-not-counted-down',
    breaks: 'an endpoint has as many leases as it has ever had, and gets ever fewer of them',
    rule: 'contract',
    file: judge,
    find: `    endpoint.leases--;
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'end-of-a-lease-not-ranked',
    breaks: 'an endpoint is ranked by the leases that it had when the latest one began',
    rule: 'contract',
    file: judge,
    find: `    endpoint.took(now - beganAt, now);
    this.balancer.loaded(endpoint);
`,
    replace: `    endpoint.took(now - beganAt, now);
`,
    hints: [poolSpec],
  },
  {
    name: 'scope-forgets-the-status',
    breaks: 'a scope is not asked again when the state of an endpoint changes',
    rule: 'contract',
    file: dispatcher,
    find: `    balancer.rescope();
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'out-of-scope-never-lent',
    breaks: 'borrowers wait beside an idle connection of the second group when the first has no room',
    rule: 'no waiter forgotten',
    file: dispatcher,
    find: ' || this.spill()',
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'second-group-leaves-no-place',
    breaks: 'the second group fills the pool, so that nobody finds out that the first is back',
    rule: 'contract',
    file: 'src/pool/sizing.ts',
    find: 'const kept = endpoint.standsInFor + (',
    replace: 'const kept = (',
    hints: [poolSpec],
  },
  {
    name: 'keys-not-relocated',
    breaks: 'whoever waits for the endpoint of a key waits on where that has gone down',
    rule: 'no waiter forgotten',
    file: dispatcher,
    find: `      if (endpoint.waiting > 0 && !endpoint.isEligible) queue.relocate(endpoint, (key) => balancer.locate(key));
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'removed-but-on-the-ring',
    breaks: 'keys are sent to an endpoint that the pool has no longer',
    rule: 'no waiter forgotten',
    file: balancer,
    find: `    this.ring?.remove(endpoint);
`,
    replace: '',
    hints: [poolSpec],
  },
  {
    name: 'latency-never-fades',
    breaks: 'an endpoint that was slow once is avoided until it is asked again',
    rule: 'contract',
    file: 'src/pool/pooled-endpoint.ts',
    find: 'return this.taken * Math.exp((this.takenAt - this.clock.now()) / FADES_IN);',
    replace: 'return this.taken;',
    hints: [poolSpec],
  },
  {
    name: 'turns-saved-up',
    breaks: 'an endpoint that has been away gets all the turns that it has missed, one after the other',
    rule: 'contract',
    file: 'src/balance/fair-queue.ts',
    find: 'candidate.mark = this.time;',
    replace: 'candidate.mark = Math.max(1, this.rank(candidate));',
    hints: ['spec/balance/round-robin.spec.ts'],
  },
  {
    name: 'hole-in-the-heap-only-sinks',
    breaks: 'whoever fills the place of an endpoint that leaves may stand behind others that it ranks before',
    rule: 'contract',
    file: 'src/endpoint/heap.ts',
    find: `    if (last.place === place) this.rise(last, rank, place);
`,
    replace: '',
    hints: ['spec/endpoint/heap.spec.ts'],
  },
  {
    name: 'same-one-chosen-twice',
    breaks: 'of two by chance both may be the same, so that the worst is picked at times',
    rule: 'contract',
    file: 'src/balance/cheaper-of-two.ts',
    find: 'candidates[other < at ? other : other + 1]',
    replace: 'candidates[other]',
    hints: ['spec/balance/power-of-two.spec.ts'],
  },
  {
    name: 'ring-counts-those-who-left',
    breaks: 'the leases of endpoints that have left make room for more on the others',
    rule: 'contract',
    file: hashRing,
    find: `    this.leases -= member.leases;
`,
    replace: '',
    hints: [ringSpec],
  },
];
