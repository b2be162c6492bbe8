import type { Bug } from '../bug.js';

const lifetimes = 'src/pool/lifetimes.ts';
const trimmer = 'src/pool/trimmer.ts';
const picker = 'src/pool/lender.ts';
const hooks = 'src/pool/hooks.ts';

/** Bugs in how long a connection is kept, and in what is done with it between two loans. */
export const LIFETIME_BUGS: readonly Bug[] = [
  {
    name: 'lifetime-without-jitter',
    breaks: 'connections opened together end together',
    rule: 'injected time',
    file: lifetimes,
    find: 'maxLifetime * (1 - lifetimeJitter * random())',
    replace: 'maxLifetime',
    hints: ['spec/pool/jitter.spec.ts'],
  },
  {
    name: 'jitter-beyond-the-lifetime',
    breaks: 'the random part is added to maxLifetime instead of taken off',
    rule: 'contract',
    file: lifetimes,
    find: '1 - lifetimeJitter * random()',
    replace: '1 + lifetimeJitter * random()',
    hints: ['spec/pool/jitter.spec.ts'],
  },
  {
    name: 'expiry-not-looked-at-in-the-grant',
    breaks: 'a connection that has expired while the process was frozen is lent',
    rule: 'contract',
    file: picker,
    find: 'return this.stock.lifetimes.endOf(slot, now);',
    replace: 'return undefined;',
    hints: ['spec/pool/frozen.spec.ts'],
  },
  {
    name: 'max-uses-off-by-one',
    breaks: 'a connection is lent once more than maxUses',
    rule: 'contract',
    file: lifetimes,
    find: 'slot.uses >= this.config.maxUses',
    replace: 'slot.uses > this.config.maxUses',
    hints: ['spec/pool/max-uses.spec.ts'],
  },
  {
    name: 'retire-forgets-what-is-lent',
    breaks: 'connections that were lent when retire was called stay',
    rule: 'contract',
    file: trimmer,
    find: 'if (slot.state !== empty) retiring.set(',
    replace: "if (slot.state !== empty && slot.state.name !== 'lent') retiring.set(",
    hints: ['spec/pool/retire.spec.ts'],
  },
  {
    name: 'frees-below-min',
    breaks: 'free closes what min keeps, which is dialled again at once',
    rule: 'contract',
    file: trimmer,
    find: 'Math.max(keep, this.sizing.min)',
    replace: 'keep',
    hints: ['spec/pool/free.spec.ts'],
  },
  {
    name: 'resize-forgets-the-surplus',
    breaks: 'what is lent beyond a smaller max stays when it comes back',
    rule: 'contract',
    file: 'src/pool/stock.ts',
    find: `else if (end === undefined && this.owner.isSurplus()) end = 'surplus';`,
    replace: ``,
    hints: ['spec/pool/resize.spec.ts'],
  },
  {
    name: 'validate-every-resets-the-idle-time',
    breaks: 'a connection that is validated while idle never becomes idle for too long',
    rule: 'contract',
    file: 'src/pool/stock.ts',
    find: `    if (wasIdle) slot.endpoint.idle.putBack(slot);
    else {
`,
    replace: `    {
`,
    hints: ['spec/pool/validate-every.spec.ts'],
  },
  {
    name: 'suspects-not-validated',
    breaks: 'after a loss the other connections of the endpoint are lent as if nothing had happened',
    rule: 'contract',
    file: picker,
    find: ' && checkedAt > endpoint.suspectAt',
    replace: '',
    hints: ['spec/pool/suspects.spec.ts'],
  },
  {
    name: 'no-of-clean-ignored',
    breaks: 'a connection stays whose clean has said false',
    rule: 'contract',
    file: hooks,
    find: 'return answer !== false && this.restore(connection);',
    replace: 'return this.restore(connection);',
    hints: ['spec/pool/clean.spec.ts'],
  },
  {
    name: 'not-restored-after-clean',
    breaks: 'what clean has left on the socket is there for the next borrower',
    rule: 'raw and as new',
    file: hooks,
    find: 'return answer !== false && this.restore(connection);',
    replace: 'return answer !== false;',
    hints: ['spec/pool/clean.spec.ts'],
  },
  {
    name: 'idle-data-never-kept',
    breaks: 'onIdleData keep closes a connection on which something has arrived',
    rule: 'contract',
    file: 'src/pool/connection-pool.ts',
    find: "keepsIdleData: config.onIdleData === 'keep',",
    replace: 'keepsIdleData: false,',
    hints: ['spec/pool/idle-data.spec.ts'],
  },
  {
    name: 'leftover-not-told',
    breaks: 'listeners that a borrower has left are removed without a word',
    rule: 'contract',
    file: 'src/tcp/restore.ts',
    find: 'if (left.length > 0) options?.left?.(left);',
    replace: '',
    hints: ['spec/tcp/leftover.spec.ts'],
  },
  {
    name: 'closed-slot-used-again',
    breaks: 'a slot that was closed for good takes the next connection',
    rule: 'contract',
    file: 'src/pool/slot-table.ts',
    find: 'state === this.empty && !isOut',
    replace: 'state === this.empty',
    hints: ['spec/pool/slot-reset.spec.ts'],
  },
];
