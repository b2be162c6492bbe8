import { merge } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { RequestTimeoutError } from '../../src/protocol/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';
import { byId, requestLab, type Serve } from './request-lab.js';

/** Answers when it is told to, in any order. */
class Desk {
  readonly open: { readonly line: string; readonly socket: SimulatedSocket }[] = [];

  readonly serve: Serve = (line, socket) => {
    this.open.push({ line, socket });
  };

  answer(text: string): void {
    const at = this.open.findIndex(({ line }) => line.endsWith(` ${text}`));
    const [{ line, socket }] = this.open.splice(at, 1) as [(typeof this.open)[number]];
    socket.write(`${line}\n`);
  }
}

describe('requests that are answered by ids', () => {
  it('get each its own answer, in whatever order they come', () => {
    const desk = new Desk();
    const { client, clock, asked } = requestLab(byId, { serve: desk.serve });
    const answers = record(merge(client.request('a'), client.request('b'), client.request('c')));
    clock.advance(5);
    expect(asked).toEqual(['1 a', '2 b', '3 c']);
    for (const text of ['c', 'a', 'b']) desk.answer(text);
    clock.advance(5);
    expect(answers).toMatchObject({ values: ['c', 'a', 'b'], completed: true });
  });

  it('have ids of their own on each connection', () => {
    const { client, clock, asked } = requestLab(byId, { pool: { min: 2, max: 2 } });
    clock.advance(5);
    for (const line of ['a', 'b', 'c', 'd']) record(client.request(line));
    clock.advance(5);
    expect(asked.sort()).toEqual(['1 a', '1 b', '2 c', '2 d']);
  });

  it('do not wait for one that is left, whose answer is dropped when it comes', () => {
    const desk = new Desk();
    const { client, clock, pool } = requestLab(byId, { serve: desk.serve });
    const pushes = record(client.pushes$);
    const left = record(client.request('left'));
    const other = record(client.request('other'));
    clock.advance(5);
    left.subscription.unsubscribe();
    desk.answer('other');
    clock.advance(5);
    expect(other.values).toEqual(['other']);
    expect(client.state.inFlight).toBe(1);
    desk.answer('left');
    clock.advance(5);
    expect([client.state.inFlight, left.values, pushes.values]).toEqual([0, [], []]);
    expect(pool.stats.destroyed).toBe(0);
    pushes.subscription.unsubscribe();
  });

  it('never get the id of one whose answer may still come', () => {
    const desk = new Desk();
    const { client, clock, asked, pool } = requestLab({ ...byId, maxId: 3 }, { serve: desk.serve });
    const left = record(client.request('left'));
    record(client.request('b'));
    record(client.request('c'));
    clock.advance(5);
    left.subscription.unsubscribe();
    desk.answer('b');
    clock.advance(5);
    record(client.request('d'));
    const tooMany = record(client.request('e'));
    clock.advance(5);
    expect(asked).toEqual(['1 left', '2 b', '3 c', '2 d']);
    expect(tooMany.error).toEqual(new RangeError('all 3 ids are taken'));
    expect(pool.stats.leases).toBe(3);
  });

  it('close the connection of one whose answer does not come at all, once the others are done', () => {
    const desk = new Desk();
    const { client, clock, pool, sockets } = requestLab(byId, { serve: desk.serve, client: { lateAfter: 1_000 } });
    const late = record(client.request('late', { timeout: 100 }));
    clock.advance(10);
    const slow = record(client.request('slow'));
    clock.advance(200);
    expect(late.error).toBeInstanceOf(RequestTimeoutError);
    clock.advance(1_000);
    const next = record(client.request('next'));
    clock.advance(5);
    expect([pool.stats.owned, pool.stats.leases]).toEqual([1, 1]);
    desk.answer('slow');
    clock.advance(10);
    expect(slow.values).toEqual(['slow']);
    desk.answer('next');
    clock.advance(10);
    expect(next.values).toEqual(['next']);
    expect(sockets).toHaveLength(2);
    expect(pool.stats).toMatchObject({ destroyed: 1, leases: 0 });
    expect(client.state.inFlight).toBe(0);
  });
});

describe('an id that no request has', () => {
  it('is a push, as is one that is answered twice', () => {
    const { client, clock, pool } = requestLab(byId, {
      serve: (line, socket) => {
        socket.write(`77 nobody\nhello\n${line}\n${line}\n`);
      },
    });
    const pushes = record(client.pushes$);
    const answer = record(client.request('a'));
    clock.advance(5);
    const next = record(client.request('b'));
    clock.advance(5);
    expect([answer.values, next.values]).toEqual([['a'], ['b']]);
    expect(pushes.values).toEqual(['77 nobody', 'hello', '1 a', '77 nobody', 'hello', '2 b']);
    expect(pool.stats.destroyed).toBe(0);
    pushes.subscription.unsubscribe();
  });
});
