import type { Socket } from 'node:net';
import { once } from 'node:events';
import { firstValueFrom, tap } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as feedAfter from '../../docs/examples/migrating/connman/feed-after.js';
import * as feedBefore from '../../docs/examples/migrating/connman/feed-before.js';
import * as poolAfter from '../../docs/examples/migrating/connman/pool-after.js';
import * as workersAfter from '../../docs/examples/migrating/connman/workers-after.js';
import * as workersBefore from '../../docs/examples/migrating/connman/workers-before.js';
import { endpoint, toHandler } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { runChild } from './children.js';
import { until } from './pools.js';
import { echo, refusedPort, startServer, type Behaviour } from './servers.js';

/** Takes what comes, and closes when the client does. */
const closing: Behaviour = (socket) => {
  socket.resume().on('end', () => socket.end());
};

describe.each([
  ['connman', feedBefore],
  ['rxpool', feedAfter],
])('a feed over %s', (_name, { follow, stopEverything }) => {
  it('subscribes at each connection, hands on what comes, and tells of a loss', async () => {
    const server = await startServer(() => undefined);
    const told: string[] = [];
    const stop = follow(server.port, (what) => told.push(what));
    onTestFinished(stop);

    const first = await server.peer();
    expect(await next(first)).toBe('subscribe\n');
    first.write('price 1');
    await until(() => told.includes('data: price 1'));
    first.end();

    const second = await server.peer();
    expect(await next(second)).toBe('subscribe\n');
    second.write('price 2');
    await until(() => told.includes('data: price 2'));
    expect(told).toEqual(['connected', 'data: price 1', 'reset', 'reconnected', 'data: price 2']);
  });

  it('comes back when the server does', async () => {
    const server = await startServer(closing);
    const { port } = server;
    const told: string[] = [];
    const stop = follow(port, (what) => told.push(what));
    await until(() => told.includes('connected'));
    await server.kill();
    await until(() => told.includes('reset'));
    const again = await startServer(closing, { host: '127.0.0.1', port });
    await until(() => told.includes('reconnected'));
    expect(told.filter((what) => what === 'connected')).toHaveLength(1);
    stop();
    await until(() => again.open === 0);
  });

  it('ends the connection for good when it is stopped', async () => {
    const server = await startServer(closing);
    const told: string[] = [];
    const stop = follow(server.port, (what) => told.push(what));
    await until(() => told.includes('connected'));
    stop();
    await until(() => server.open === 0);
    expect(server.accepted).toBe(1);
  });

  it('ends together with all others', async () => {
    const servers = [await startServer(closing), await startServer(closing)];
    const told: string[] = [];
    for (const { port } of servers) follow(port, (what) => told.push(what));
    await until(() => told.length === 2);
    stopEverything();
    await until(() => servers.every(({ open }) => open === 0));
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 1]);
  });
});

async function next(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

describe.each([
  ['connman', workersBefore],
  ['rxpool', workersAfter],
])('a list of connections over %s', (_name, { openWorkers, ask, askAll, closeWorker, closeWorkers }) => {
  it('is in order, each with a handler of its own; one or all can be asked and closed', async () => {
    const servers = [await startServer(echo), await startServer(echo), await startServer(echo)];
    const told: string[] = [];
    const has = (...lines: string[]): boolean => lines.every((line) => told.includes(line));
    openWorkers(
      servers.map(({ port }) => port),
      (worker, what) => told.push(`${worker} ${what}`),
    );
    onTestFinished(closeWorkers);
    await until(() => has('0 here', '1 here', '2 here'));

    ask(1, 'ping');
    await until(() => has('1 ping'));
    expect(told).toHaveLength(4);
    askAll('all');
    await until(() => has('0 all', '1 all', '2 all'));

    closeWorker(0);
    await until(() => servers[0]!.open === 0);
    (await servers[1]!.peer()).resetAndDestroy();
    await until(() => has('1 gone', '1 back'));
    askAll('again');
    await until(() => has('1 again', '2 again'));

    closeWorkers();
    await until(() => servers.every(({ open }) => open === 0));
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 2, 1]);
    expect(told).not.toContain('0 again');
  });
});

describe('a pool in place of a list', () => {
  it('has a handler for each slot, and lends what is free or what is asked for', async () => {
    const servers = [await startServer(echo), await startServer(echo)];
    const told: string[] = [];
    const has = (...lines: string[]): boolean => lines.every((line) => told.includes(line));
    const tell = (what: string): number => told.push(what);
    const pool = poolAfter.openWorkers(
      servers.map(({ port }) => port),
      (worker) => ({
        onConnect: () => tell(`${worker} here`),
        onReset: () => tell(`${worker} gone`),
        onReconnect: () => tell(`${worker} back`),
        onData: (data) => tell(`${worker} ${String(data).trimEnd()}`),
      }),
    );
    onTestFinished(poolAfter.closeEverything);
    await pool.ready(2);
    await until(() => has('0 here', '1 here'));
    expect(pool.slots.map(({ endpoint }) => endpoint)).toEqual(servers.map(({ address }) => address));

    expect(await firstValueFrom(poolAfter.ask('one', servers[1]!.port))).toBe('one');
    expect(await firstValueFrom(poolAfter.ask('any'))).toBe('any');
    expect(has('1 one')).toBe(true);
    expect(has('0 any') || has('1 any')).toBe(true);

    (await servers[1]!.peer()).resetAndDestroy();
    await until(() => has('1 gone', '1 back'));
    expect(poolAfter.handlerOf(1)).toHaveProperty('onReconnect');

    poolAfter.closeWorker(0);
    await until(() => servers[0]!.open === 0);
    expect(await firstValueFrom(poolAfter.ask('still'))).toBe('still');
    expect(has('1 still')).toBe(true);
    await poolAfter.closeEverything();
    await until(() => servers[1]!.open === 0);
    expect(() => poolAfter.ask('closed')).toThrow('get: there is no pool workers');
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 2]);
  });
});

describe('what is different', () => {
  it('onReset: connman calls it for failed attempts and after the end too, rxpool for a loss only', async () => {
    const port = await refusedPort();
    const old: string[] = [];
    const stop = feedBefore.follow(port, (what) => old.push(what));
    await until(() => old.length === 2);
    const server = await startServer(closing, { host: '127.0.0.1', port });
    await until(() => old.includes('connected'));
    stop();
    await until(() => old.at(-1) === 'reset');
    expect(old.slice(0, 2)).toEqual(['reset', 'reset']);
    await server.kill();

    const feed = endpoint(tcp({ host: '127.0.0.1', port }), { retry: { delay: 1 } });
    const events: string[] = [];
    const told: string[] = [];
    const subscription = feed.pipe(tap(({ type }) => events.push(type))).subscribe(
      toHandler({
        onConnect: () => told.push('connected'),
        onReset: () => told.push('reset'),
      }),
    );
    await until(() => events.filter((type) => type === 'failed').length === 2);
    const again = await startServer(closing, { host: '127.0.0.1', port });
    await until(() => told.length > 0);
    subscription.unsubscribe();
    await until(() => again.open === 0);
    expect(told).toEqual(['connected']);
  });

  it('a handler without one of the four functions: connman throws out of the socket, rxpool leaves it out', async () => {
    const { code, stderr } = await runChild('migrating-connman-handler', (await startServer(closing)).address);
    expect(code).not.toBe(0);
    expect(stderr).toContain('onReset is not a function');

    const server = await startServer((socket) => socket.end());
    const told: string[] = [];
    const subscription = endpoint(tcp(server.address), { retry: { delay: 1 } }).subscribe(
      toHandler({ onReconnect: () => told.push('reconnected') }),
    );
    await until(() => told.length === 2);
    subscription.unsubscribe();
  });

  it('the end while the server is down: connman keeps the process until its next attempt, rxpool does not', async () => {
    const down = `127.0.0.1:${await refusedPort()}`;
    expect(await runChild('migrating-connman-down', 'connman', down)).toEqual({ code: 0, stdout: '1', stderr: '' });
    expect(await runChild('migrating-connman-down', 'rxpool', down)).toEqual({ code: 0, stdout: '0', stderr: '' });
  });
});
