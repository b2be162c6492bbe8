import { describe, expect, it } from 'vitest';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab } from './request-lab.js';

describe('pushes$', () => {
  it('tells of what belongs to no request, between the answers', () => {
    const { client, clock } = requestLab(inOrder, {
      serve: (line, socket) => void socket.write(`>before ${line}\n${line}\n>after ${line}\n`),
    });
    const pushes = record(client.pushes$);
    const answer = record(client.request('a'));
    clock.advance(10);
    expect(answer.values).toEqual(['a']);
    expect(pushes.values).toEqual(['>before a', '>after a']);
    pushes.subscription.unsubscribe();
  });

  it('keeps a connection while somebody listens, and shares it', () => {
    const { client, clock, pool, sockets } = requestLab(inOrder);
    expect(pool.stats.owned).toBe(0);
    const first = record(client.pushes$);
    const second = record(client.pushes$);
    clock.advance(10);
    expect(pool.stats).toMatchObject({ leases: 1, opened: 1 });
    sockets[0]!.write('>news\n');
    clock.advance(10);
    first.subscription.unsubscribe();
    sockets[0]!.write('>more\n');
    clock.advance(60_000);
    expect([first.values, second.values]).toEqual([['>news'], ['>news', '>more']]);
    expect(pool.stats.opened).toBe(1);
    second.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ leases: 0, idle: 1 });
  });

  it('keeps nothing for those who come later, and drops what nobody listens to', () => {
    const { client, clock } = requestLab(inOrder, {
      serve: (line, socket) => void socket.write(`>lost\n${line}\n`),
    });
    record(client.request('a'));
    clock.advance(10);
    const pushes = record(client.pushes$);
    clock.advance(10);
    expect(pushes.values).toEqual([]);
    pushes.subscription.unsubscribe();
  });

  it('goes on after a loss, on another connection', () => {
    const { client, clock, server, sockets } = requestLab(inOrder);
    const pushes = record(client.pushes$);
    clock.advance(10);
    sockets[0]!.write('>one\n');
    clock.advance(10);
    server.reset();
    clock.advance(1_000);
    sockets[1]!.write('>two\n');
    clock.advance(10);
    expect(pushes).toMatchObject({ values: ['>one', '>two'], failed: false });
    pushes.subscription.unsubscribe();
  });

  it('outlives a server that is away for longer than anybody waits', () => {
    const { client, clock, server, sockets } = requestLab(inOrder, { pool: { acquireTimeout: 1_000 } });
    server.close();
    const pushes = record(client.pushes$);
    clock.advance(100_000);
    server.listen();
    clock.advance(60_000);
    sockets[0]!.write('>back\n');
    clock.advance(10);
    expect(pushes).toMatchObject({ values: ['>back'], failed: false });
    pushes.subscription.unsubscribe();
    expect(clock.keepsAlive).toBe(false);
  });

  it('lets the pool replace its connection: for its age, or because it was told to', () => {
    const { client, clock, pool, sockets } = requestLab(inOrder, { pool: { maxLifetime: 60_000, lifetimeJitter: 0 } });
    const pushes = record(client.pushes$);
    clock.advance(65_000);
    expect(sockets).toHaveLength(2);
    pool.retire();
    clock.advance(2_000);
    expect(sockets).toHaveLength(3);
    sockets[2]!.write('>new\n');
    clock.advance(10);
    expect(pushes.values).toEqual(['>new']);
    pushes.subscription.unsubscribe();
  });

  it('lets a request have the only connection of a pool that shares nothing', () => {
    const { client, clock, sockets } = requestLab(inOrder, { pool: { concurrency: 1 } });
    const pushes = record(client.pushes$);
    clock.advance(10);
    const answer = record(client.request('a'));
    clock.advance(10);
    expect(answer.values).toEqual(['a']);
    sockets[0]!.write('>still\n');
    clock.advance(10);
    expect(pushes.values).toEqual(['>still']);
    expect(sockets).toHaveLength(1);
    pushes.subscription.unsubscribe();
  });

  it('completes with the pool, whose close does not wait for it', async () => {
    const { client, clock, pool } = requestLab(inOrder);
    const pushes = record(client.pushes$);
    clock.advance(10);
    const closed = pool.close();
    await clock.advanceAsync(10);
    expect(await closed).toMatchObject({ destroyed: 0 });
    expect(pushes).toMatchObject({ completed: true, failed: false });
    expect(record(client.pushes$).completed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('that is left from within a push leaves nothing behind', () => {
    const { client, clock, pool, sockets } = requestLab(inOrder);
    const seen: string[] = [];
    const subscription = client.pushes$.subscribe((push) => {
      seen.push(push);
      subscription.unsubscribe();
    });
    clock.advance(10);
    sockets[0]!.write('>one\n>two\n');
    clock.advance(10);
    expect(seen).toEqual(['>one']);
    expect(pool.stats).toMatchObject({ leases: 0, idle: 1 });
  });
});
