import type { Bug } from '../bug.js';

const sharing = 'src/pool/sharing.ts';
const loans = 'src/pool/loans.ts';
const guard = 'src/pool/leak-guard.ts';

/** Bugs in how one connection is lent to several, allocated, or held for too long. */
export const SHARING_BUGS: readonly Bug[] = [
  {
    name: 'busiest-shared-first',
    breaks: 'the connection with the most leases gets the next one',
    rule: 'contract',
    file: sharing,
    find: 'shared.add(slot, leases)',
    replace: 'shared.add(slot, -leases)',
    hints: ['spec/pool/model/pool-core.model.spec.ts'],
  },
  {
    name: 'busiest-endpoint-shared-first',
    breaks: 'of two endpoints the one whose connection has more leases gets the next one',
    rule: 'contract',
    file: sharing,
    find: 'slot.leases < least.leases',
    replace: 'slot.leases > least.leases',
    hints: ['spec/pool/concurrency.spec.ts'],
  },
  {
    name: 'one-lease-too-many',
    breaks: 'a connection has one borrower more than concurrency',
    rule: 'one borrower',
    file: sharing,
    find: 'if (leases < this.concurrency && ',
    replace: 'if (leases <= this.concurrency && ',
    hints: ['spec/pool/concurrency.spec.ts'],
  },
  {
    name: 'expired-but-still-shared',
    breaks: 'a connection that has lived too long is lent again and again while somebody has it',
    rule: 'contract',
    file: sharing,
    find: 'now < slot.expiresAt && ',
    replace: '',
    hints: ['spec/pool/concurrency.spec.ts'],
  },
  {
    name: 'doomed-but-still-shared',
    breaks: 'a connection that is to go when its borrowers are done gets more of them, and stays',
    rule: 'contract',
    file: 'src/pool/stock.ts',
    find: `      slot.condemn(reason);
      this.sharing.stop(slot);
`,
    replace: `      slot.doom = reason;
`,
    hints: ['spec/pool/shared-leases.spec.ts'],
  },
  {
    name: 'max-uses-exceeded-by-sharing',
    breaks: 'loans under way do not count against maxUses',
    rule: 'contract',
    file: sharing,
    find: 'slot.uses + slot.leases < this.maxUses',
    replace: 'slot.uses < this.maxUses',
    hints: ['spec/pool/concurrency.spec.ts'],
  },
  {
    name: 'destroy-does-not-wait-for-sharers',
    breaks: 'one borrower that destroys a shared connection takes it from the others',
    rule: 'contract',
    file: 'src/pool/pool-core.ts',
    find: `    if (slot.leases > 1) stock.dismiss(slot, reason);
    if (!stock.sharing.end(slot)) stock.shut(`,
    replace: `    stock.sharing.end(slot);
    stock.shut(`,
    hints: ['spec/pool/shared-leases.spec.ts'],
  },
  {
    name: 'allocates-the-busiest',
    breaks: 'allocate gives the socket with the most bytes waiting to be written',
    rule: 'contract',
    file: 'src/pool/healthiest.ts',
    find: 'if (pending < least || (pending === least && best !== undefined && slot.leases < best.leases)) {',
    replace: 'if (best === undefined || pending > least || (pending === least && slot.leases < best.leases)) {',
    hints: ['spec/pool/allocate.spec.ts'],
  },
  {
    name: 'allocated-lets-the-process-end',
    breaks: 'the process ends while an allocated socket is in use',
    rule: 'idle lets exit',
    file: 'src/pool/hooks.ts',
    find: '    if (isHeld) return;\n',
    replace: '',
    hints: ['spec/pool/allocate.spec.ts'],
  },
  {
    name: 'leak-told-again-and-again',
    breaks: 'a lease that is held for too long is reported whenever the pool looks',
    rule: 'contract',
    file: loans,
    find: `      this.watched.delete(loan);
      this.events.tell('leaked', loan.slot, { amount: held, origin: loan.origin, reason: 'held' });
    }
  }

  nextDeadline(): number {
    for (const { lentAt } of this.watched) return lentAt + this.config.leakAfter;
    return Infinity;
`,
    replace: `      this.events.tell('leaked', loan.slot, { amount: held, origin: loan.origin, reason: 'held' });
    }
  }

  nextDeadline(): number {
    const dues = Array.from(this.watched, ({ lentAt }) => lentAt + this.config.leakAfter);
    return Math.min(...dues.filter((due) => due > this.clock.now()));
`,
    hints: ['spec/pool/leak-after.spec.ts'],
  },
  {
    name: 'dropped-lease-kept-alive',
    breaks: 'the pool itself holds on to a lease, which is then never collected',
    rule: 'bounded',
    file: guard,
    find: `    connection.lease = undefined;
`,
    replace: '',
    hints: ['spec/pool/collected-lease.spec.ts'],
  },
  {
    name: 'collected-lease-not-noticed',
    breaks: 'a lease that was dropped keeps its slot for ever',
    rule: 'no waiter forgotten',
    file: 'src/pool/upkeep.ts',
    find: 'for (const slot of table.slots) if (slot.state === table.lent) this.host.guard(slot);',
    replace: '',
    hints: ['spec/pool/collected-lease.spec.ts'],
  },
  {
    name: 'ended-lease-takes-the-next',
    breaks: 'a lease that is collected after its end is taken for the one that its connection has now',
    rule: 'one borrower',
    file: guard,
    find: 'slot.uses === uses && slot.loan === undefined',
    replace: 'slot.loan === undefined',
    hints: ['spec/pool/collected-lease.spec.ts'],
  },
  {
    name: 'holders-without-a-stack-missing',
    breaks: 'a timeout error names nobody who has only a label',
    rule: 'contract',
    file: 'src/pool/wait-errors.ts',
    find: '({ origin }) => origin !== undefined',
    replace: '({ origin }) => origin?.stack !== undefined',
    hints: ['spec/pool/holders.spec.ts'],
  },
];
