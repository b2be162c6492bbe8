import type { Bug } from '../bug.js';

const core = 'src/pool/pool-core.ts';
const sizing = 'src/pool/sizing.ts';
const table = 'src/pool/slot-table.ts';
const idleSet = 'src/pool/idle-set.ts';
const rankedSet = 'src/balance/ranked-set.ts';

/** Bugs in how many connections there are, where they are opened and which one is lent. */
export const SLOT_BUGS: readonly Bug[] = [
  {
    name: 'slot-leaked-by-abort',
    breaks: 'the slot of an attempt that was given up stays closing for ever',
    rule: 'one borrower',
    file: 'src/pool/dialler.ts',
    find: `    this.core.stock.aborted(connection.slot);
`,
    replace: ``,
    hints: ['spec/pool/close.spec.ts'],
  },
  {
    name: 'connecting-not-owned',
    breaks: 'owned counts a connection only once it is open, so that more than max are dialled',
    rule: 'one borrower',
    file: table,
    find: 'return this.slots.length - this.empty.size;',
    replace: 'return this.open + this.closing.size;',
    hints: ['spec/pool/random-walk.spec.ts'],
  },
  {
    name: 'closing-not-owned',
    breaks: 'a connection that is closing no longer counts, and its successor makes one more than max',
    rule: 'one borrower',
    file: table,
    find: 'return this.slots.length - this.empty.size;',
    replace: 'return this.live;',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'closing-not-owned-by-endpoint',
    breaks: 'a closing connection does not count against maxPerEndpoint',
    rule: 'one borrower',
    file: 'src/pool/pooled-endpoint.ts',
    find: 'return this.connecting + this.open + this.closing;',
    replace: 'return this.connecting + this.open;',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'one-over-max',
    breaks: 'the pool owns one connection more than max',
    rule: 'one borrower',
    file: sizing,
    find: 'return this.max - this.table.out;',
    replace: 'return this.max + 1 - this.table.out;',
    hints: ['spec/pool/endpoints.spec.ts'],
  },
  {
    name: 'slot-leaked-by-failed-attempt',
    breaks: 'the slot of an attempt that failed stays connecting for ever',
    rule: 'one borrower',
    file: 'src/pool/stock.ts',
    find: `    this.events.tell('failed', slot, { error });
    this.vacate(slot);
`,
    replace: `    this.events.tell('failed', slot, { error });
`,
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'vacated-but-counted-open',
    breaks: 'an endpoint goes on counting the connections that it has lost',
    rule: 'contract',
    file: 'src/pool/stock.ts',
    find: 'this.table.move(slot, this.table.empty);',
    replace: 'this.table.moveOpen(slot, this.table.empty);',
    hints: ['spec/pool/random-walk.spec.ts'],
  },
  {
    name: 'dials-once-more-for-a-waiter',
    breaks: 'a waiter for whom a connection is being opened has another one opened at each change',
    rule: 'contract',
    file: sizing,
    find: 'let unserved = waiting - this.table.checking.size - underWay;',
    replace: 'let unserved = waiting - this.table.checking.size;',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'dials-beside-a-check',
    breaks: 'a waiter for whom a connection is being checked has another one opened besides',
    rule: 'contract',
    file: sizing,
    find: 'let unserved = waiting - this.table.checking.size - underWay;',
    replace: 'let unserved = waiting - underWay;',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'idle-timeout-below-min',
    breaks: 'idleTimeout closes one connection of min, which is dialled again at once',
    rule: 'contract',
    file: sizing,
    find: 'this.table.open + this.underWay() > this.floor',
    replace: 'this.table.open + this.underWay() >= this.floor',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'idle-timeout-below-min-per-endpoint',
    breaks: 'idleTimeout closes what minPerEndpoint asks for',
    rule: 'contract',
    file: sizing,
    find: ' && this.isAboveMin(endpoint)',
    replace: '',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'reserve-ignored',
    breaks: 'one endpoint may take the room that minPerEndpoint keeps for the others',
    rule: 'contract',
    file: sizing,
    find: 'return taken - given < this.limitBut(kept);',
    replace: 'return this.table.owned - given < this.limitBut(kept);',
    hints: ['spec/pool/reserve.spec.ts'],
  },
  {
    name: 'dials-the-first-endpoint-only',
    breaks: 'new connections are all opened on the first endpoint while it has room',
    rule: 'contract',
    file: rankedSet,
    find: `    const one = first ?? this.picks.next(list);
    if (one !== undefined) this.tell(one);
`,
    replace: `    const one = first ?? this.picks.next(list);
`,
    hints: ['spec/pool/endpoints.spec.ts'],
  },
  {
    name: 'lends-the-first-endpoint-only',
    breaks: 'the idle connections of the first endpoint are always lent first',
    rule: 'contract',
    file: rankedSet,
    find: `    const one = this.heap.firstRank === Infinity ? this.picks.next(this.heap) : first;
    if (one !== undefined) this.tell(one);
`,
    replace: `    const one = this.heap.firstRank === Infinity ? this.picks.next(this.heap) : first;
`,
    hints: ['spec/pool/endpoints.spec.ts'],
  },
  {
    name: 'lifo-is-fifo',
    breaks: 'the longest idle connection is lent, whatever order says',
    rule: 'contract',
    file: idleSet,
    find: "this.order === 'lifo' ? this.slots.pop() : this.slots.shift()",
    replace: 'this.slots.shift()',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'fifo-is-lifo',
    breaks: 'the connection used last is lent, whatever order says',
    rule: 'contract',
    file: idleSet,
    find: "this.order === 'lifo' ? this.slots.pop() : this.slots.shift()",
    replace: 'this.slots.pop()',
    hints: ['spec/pool/sizing.spec.ts'],
  },
  {
    name: 'lost-oldest-stays-idle',
    breaks: 'the longest idle connection stays among the idle ones when it is lost, and is lent',
    rule: 'one borrower',
    file: idleSet,
    find: 'if (at < 0) return;',
    replace: 'if (at <= 0) return;',
    hints: ['spec/pool/idle-set.spec.ts'],
  },
  {
    name: 'lost-on-its-way-is-granted',
    breaks: 'a connection that is lost between its check and its grant is granted all the same',
    rule: 'one borrower',
    file: 'src/pool/stock.ts',
    find: 'if (at >= 0) this.good.splice(at, 1);',
    replace: 'if (at > 0) this.good.splice(at, 1);',
    hints: ['spec/pool/random-walk.spec.ts', 'spec/pool/reentrancy.spec.ts'],
  },
  {
    name: 'granted-twice',
    breaks: 'a connection that is known to be good goes to each waiter in turn',
    rule: 'one borrower',
    file: 'src/pool/dispatcher.ts',
    find: `      stock.good.pop();
`,
    replace: '',
    hints: ['spec/pool/pool-core.spec.ts'],
  },
  {
    name: 'idle-alarm-set-once',
    breaks: 'once the alarm has gone off, it is never set again, and what becomes idle later stays for ever',
    rule: 'contract',
    file: core,
    find: `    this.alarmAt = Infinity;
`,
    replace: '',
    hints: ['spec/pool/wake-ups.spec.ts'],
  },
  {
    name: 'idle-not-unrefed',
    breaks: 'the socket of an idle connection keeps the process alive',
    rule: 'idle lets exit',
    file: 'src/pool/stock.ts',
    find: 'if (slot.hasHooks) this.host.rest(slot);',
    replace: '',
    hints: ['spec/pool/queue.spec.ts'],
  },
  {
    name: 'lent-not-refed',
    breaks: 'the socket of a loan does not keep the process alive',
    rule: 'idle lets exit',
    file: 'src/pool/hooks.ts',
    find: 'transport.ref?.(socket);',
    replace: '',
    hints: ['spec/pool/queue.spec.ts'],
  },
];
