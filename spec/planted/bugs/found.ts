import type { Bug } from '../bug.js';

const simulation = 'spec/simulation/simulation.spec.ts';
const model = 'spec/pool/model/pool-core.model.spec.ts';

/** Bugs that were there, until the simulation or the model found them. */
export const FOUND_BUGS: readonly Bug[] = [
  {
    name: 'closed-before-its-event',
    breaks: 'a slot is free before the socket has closed that its borrower has destroyed',
    rule: 'one borrower',
    file: 'src/tcp/socket-transport.ts',
    find: 'if (patience.gone.has(socket))',
    replace: 'if (socket.closed)',
    hints: [simulation],
  },
  {
    name: 'slow-close-let-go',
    breaks: 'a close that takes longer than hookTimeout is taken for done',
    rule: 'one borrower',
    file: 'src/endpoint/close-within.ts',
    find: 'if (force) done();',
    replace: 'if (force || !force) done();',
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'attempt-given-up-is-free',
    breaks: 'the socket of an attempt that is given up in prepare is no longer owned',
    rule: 'one borrower',
    file: 'src/endpoint/attempt.ts',
    find: `if (this.unprepared !== undefined) this.drop(this.unprepared);`,
    replace: `if (this.unprepared !== undefined) this.fail(undefined);`,
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'no-look-after-a-validation',
    breaks: 'what arrives during a slow validation is handed to the next borrower',
    rule: 'raw and as new',
    file: 'src/pool/stock.ts',
    find: 'const isGood = ok && this.host.usable(slot);',
    replace: 'const isGood = ok;',
    hints: ['spec/pool/hooks.spec.ts', simulation],
  },
  {
    name: 'proof-tells-nobody',
    breaks: 'waiters stand by when an endpoint is proven while an attempt hangs',
    rule: 'no waiter forgotten',
    file: 'src/endpoint/connect-gate.ts',
    find: `Math.min(this.failures.provenAt, this.turnAt)`,
    replace: `this.turnAt`,
    hints: ['spec/endpoint/gate-proof.spec.ts'],
  },
  {
    name: 'reserve-used-up-by-two',
    breaks: 'two of three endpoints use up what is kept free for the third',
    rule: 'contract',
    file: 'src/pool/sizing.ts',
    find: 'taken += Math.max(0, minPerEndpoint - one.owned);',
    replace: 'taken += minPerEndpoint - one.owned;',
    hints: [model],
  },
  {
    name: 'borrow-without-patience-holds-the-loop',
    breaks: 'a borrow with timeout 0 that is retried at once holds up the event loop',
    rule: 'no waiter forgotten',
    file: 'src/pool/wait-queue.ts',
    find: ' || first.number >= among',
    replace: '',
    hints: ['spec/pool/found-by-the-model.spec.ts'],
  },
  {
    name: 'probe-given-up-for-whoever-is-served-anyway',
    breaks: 'a probe is given up and begun again without end, where others are ahead whose connection is on its way',
    rule: 'one probe',
    file: 'src/pool/room-maker.ts',
    find: 'this.firstLacking(queue.lanes.filter((lane) => lane.takes(wanted)))',
    replace: 'queue.firstFor(wanted)',
    hints: ['spec/pool/dropped-probe.spec.ts'],
  },
];
