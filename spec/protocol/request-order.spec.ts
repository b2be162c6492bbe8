import { concatMap, from, map, merge, range, repeat, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { lines } from '../../src/protocol/index.js';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type Serve } from './request-lab.js';

describe('requests that are answered in order', () => {
  it('get each its own answer, on one connection', () => {
    const { client, clock, pool, asked } = requestLab(inOrder);
    const answers = record(merge(...['a', 'b', 'c'].map((line) => client.request(line))));
    clock.advance(10);
    expect(answers).toMatchObject({ values: ['a', 'b', 'c'], completed: true });
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(pool.stats).toMatchObject({ owned: 1, idle: 1, borrowed: 3, released: 3 });
  });

  it('ask nothing until somebody subscribes, and again for each subscription', () => {
    const { client, clock, asked } = requestLab(inOrder);
    const request = client.request('a');
    clock.advance(10);
    expect(asked).toEqual([]);
    expect(record(request.pipe(repeat(3), toArray())).isOver).toBe(false);
    clock.advance(20);
    expect(asked).toEqual(['a', 'a', 'a']);
  });

  it('of one turn are written in one piece', () => {
    const { client, clock, pieces } = requestLab(inOrder);
    record(client.request('first'));
    clock.advance(10);
    pieces.length = 0;
    record(merge(client.request('a'), client.request('b')));
    record(client.request('c'));
    clock.advance(10);
    expect(pieces).toEqual(['a\nb\nc\n']);
  });

  it('are spread over the connections by how many each has', () => {
    const { client, clock, sockets, pool } = requestLab(inOrder, { pool: { min: 2, max: 2 }, serve: () => {} });
    clock.advance(10);
    for (let i = 0; i < 10; i++) record(client.request(String(i)));
    clock.advance(10);
    expect(pool.slots.map(({ leases }) => leases)).toEqual([5, 5]);
    expect(sockets).toHaveLength(2);
  });

  it('go one at a time where the pool shares nothing', () => {
    const { client, clock, pool } = requestLab(inOrder, { pool: { concurrency: 1, max: 1 } });
    const answers = record(merge(client.request('a'), client.request('b'), client.request('c')));
    clock.advance(1);
    clock.advance(2);
    expect([pool.stats.leases, pool.stats.waiting]).toEqual([1, 2]);
    clock.advance(20);
    expect(answers.values).toEqual(['a', 'b', 'c']);
  });

  it('may ask from within an answer, without end', () => {
    const { client, clock, pool } = requestLab(inOrder);
    const answers = record(range(0, 500).pipe(concatMap((i) => client.request(String(i)))));
    clock.advance(2_000);
    expect(answers.values).toHaveLength(500);
    expect(answers.completed).toBe(true);
    expect(pool.stats).toMatchObject({ leases: 0, idle: 1, opened: 1 });
  });

  it('leave the socket as it was between loans, so that others can use it', () => {
    const { client, clock, pool } = requestLab(inOrder);
    record(client.request('a'));
    clock.advance(10);
    const other = record(
      pool.use((socket, lease) => {
        socket.write('by hand\n');
        return lease.data$.pipe(lines(), take(1));
      }),
    );
    clock.advance(10);
    expect(other.values).toEqual(['by hand']);
    const again = record(client.request('b'));
    clock.advance(10);
    expect(again.values).toEqual(['b']);
    expect(pool.stats.opened).toBe(1);
  });

  it('keep apart what arrives in pieces', () => {
    const { client, clock } = requestLab(inOrder, { server: { segment: 3 } });
    const answers = record(merge(client.request('hello'), client.request('world'), client.request('größer')));
    clock.advance(50);
    expect(answers.values).toEqual(['hello', 'world', 'größer']);
  });
});

describe('an answer of many frames', () => {
  const counting = { ...inOrder, isLast: (frame: string) => frame === 'end' };
  const serve: Serve = (line, socket) => {
    for (let i = 0; i < Number(line); i++) socket.write(`${line}.${i}\n`);
    socket.write('end\n');
  };

  it('comes frame by frame', () => {
    const { client, clock } = requestLab(counting, { serve });
    const two = record(client.request('2'));
    const none = record(client.request('0'));
    const one = record(client.request('1'));
    clock.advance(10);
    expect(two).toMatchObject({ values: ['2.0', '2.1', 'end'], completed: true });
    expect(none.values).toEqual(['end']);
    expect(one.values).toEqual(['1.0', 'end']);
  });

  it('is read to its end when whoever asked has had enough, or has got an error', () => {
    const { client, clock, pool } = requestLab(counting, {
      serve: (line, socket) => {
        socket.write(`${line}\n!wrong\n${line}\nend\n`);
      },
    });
    const first = record(client.request('a').pipe(take(1)));
    const second = record(client.request('b'));
    const third = record(client.request('c').pipe(take(1)));
    clock.advance(10);
    expect(first).toMatchObject({ values: ['a'], completed: true });
    expect(second).toMatchObject({ values: ['b'], error: new Error('!wrong') });
    expect(third).toMatchObject({ values: ['c'], completed: true });
    expect(pool.stats).toMatchObject({ owned: 1, idle: 1 });
  });
});

describe('an answer that is an error', () => {
  it('is the error of one request only', () => {
    const { client, clock, pool } = requestLab(inOrder);
    const outcomes = ['a', '!b', 'c'].map((line) => record(client.request(line)));
    clock.advance(10);
    expect(outcomes.map(({ values }) => values)).toEqual([['a'], [], ['c']]);
    expect(outcomes[1]!.error).toEqual(new Error('!b'));
    expect(pool.stats).toMatchObject({ owned: 1, destroyed: 0 });
  });
});

describe('a request that is left', () => {
  it('before its turn is over is never sent', () => {
    const { client, clock, asked, pool } = requestLab(inOrder);
    record(client.request('before'));
    clock.advance(10);
    const left = record(client.request('a'));
    const other = record(client.request('b'));
    left.subscription.unsubscribe();
    clock.advance(10);
    expect(asked).toEqual(['before', 'b']);
    expect(other.values).toEqual(['b']);
    expect(pool.stats.leases).toBe(0);
  });

  it('while it waits for a connection is never sent, and leaves the queue', () => {
    const { client, clock, asked, pool } = requestLab(inOrder);
    const left = record(client.request('a'));
    expect(pool.stats.waiting).toBe(1);
    left.subscription.unsubscribe();
    expect(pool.stats.waiting).toBe(0);
    expect(client.state.inFlight).toBe(0);
    clock.advance(10);
    expect(asked).toEqual([]);
  });

  it('after it was sent keeps its place, and its connection until its answer has come', () => {
    const { client, clock, pool } = requestLab(inOrder);
    const left = record(client.request('a'));
    const other = record(client.request('b'));
    clock.advance(3.5);
    expect(pool.stats.leases).toBe(2);
    left.subscription.unsubscribe();
    const later = record(client.request('c'));
    expect(client.state.inFlight).toBe(3);
    clock.advance(10);
    expect([left.values, other.values, later.values]).toEqual([[], ['b'], ['c']]);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats).toMatchObject({ leases: 0, opened: 1 });
  });

  it('from within its own answer leaves nothing behind', () => {
    const { client, clock, pool } = requestLab(inOrder);
    const answers = record(from(['a', 'b']).pipe(concatMap((line) => client.request(line).pipe(take(1)))));
    clock.advance(10);
    expect(answers).toMatchObject({ values: ['a', 'b'], completed: true });
    expect(pool.stats.leases).toBe(0);
    expect(client.state.inFlight).toBe(0);
  });

  it('as soon as it was made, within the answer of another one, gives its lease back, too', () => {
    const { client, clock, pool } = requestLab(inOrder);
    client.request('a').subscribe(() => client.request('b').subscribe().unsubscribe());
    clock.advance(10);
    expect(pool.stats).toMatchObject({ leases: 0, idle: 1, borrowed: 2 });
  });

  it('from within the answer of another one, in the same chunk, does not break the order', () => {
    const { client, clock } = requestLab(inOrder);
    const second = client.request('b');
    const left = { unsubscribe: (): void => {} };
    const first = record(client.request('a').pipe(map((line) => (left.unsubscribe(), line))));
    const dropped = record(second);
    left.unsubscribe = () => dropped.subscription.unsubscribe();
    const third = record(client.request('c'));
    clock.advance(10);
    expect([first.values, dropped.values, third.values]).toEqual([['a'], [], ['c']]);
  });
});
