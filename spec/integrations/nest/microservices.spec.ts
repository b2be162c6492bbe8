import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, ClientTCP, type ClientProxy } from '@nestjs/microservices';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { leastInUse } from 'rxpool/balance';
import { RequestLostError } from 'rxpool/protocol';
import { PooledTcpClient, type PooledTcpClientOptions } from 'rxpool/nest/microservices';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from './free-port.js';
import { MathServer } from './math-server.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function serve(name: string, options: object = {}): Promise<MathServer> {
  const server = new MathServer(name, { host: '127.0.0.1', port: await freePort(), ...options });
  await server.start();
  cleanup.push(() => server.kill());
  return server;
}

/** The client as an application gets it. */
async function inject(options: PooledTcpClientOptions): Promise<PooledTcpClient> {
  @Module({ imports: [ClientsModule.register([{ name: 'MATH', customClass: PooledTcpClient, options }])] })
  class AppModule {}
  const app: INestApplicationContext = await NestFactory.createApplicationContext(AppModule, { logger: false });
  cleanup.push(() => app.close());
  return app.get<PooledTcpClient>('MATH');
}

async function ask(client: Pick<ClientProxy, 'send'>, pattern: unknown, data: unknown): Promise<unknown> {
  try {
    return await lastValueFrom(client.send(pattern, data).pipe(toArray()));
  } catch (error) {
    return { error };
  }
}

describe('the pooled client', () => {
  it('gets from a ServerTCP what ClientTCP gets', async () => {
    const server = await serve('a');
    const theirs = new ClientTCP({ host: '127.0.0.1', port: server.options.port! });
    cleanup.push(() => theirs.close());
    const ours = await inject({ host: '127.0.0.1', port: server.options.port });
    const requests: [unknown, unknown][] = [
      ['sum', [1, 2, 3]],
      [{ cmd: 'who' }, {}],
      ['echo', 'é😀"#\n'],
      ['echo', { deep: [{ a: 'ü'.repeat(100_000) }] }],
      ['stream', [1, 'two', null]],
      ['nothing', 1],
      ['fail', 1],
      ['no such pattern', 1],
    ];
    for (const [pattern, data] of requests) {
      expect(await ask(ours, pattern, data), String(pattern)).toEqual(await ask(theirs, pattern, data));
    }
  });

  it('sends events that a server gets', async () => {
    const server = await serve('a');
    const client = await inject({ servers: [server.address] });
    const got = firstValueFrom(server.events$);
    await lastValueFrom(client.emit('happened', { what: 'é' }));
    expect(await got).toEqual({ what: 'é' });
  });

  it.each([
    ['round robin', {}],
    ['least in use', { pool: { balance: leastInUse() } }],
  ])('spreads requests over two servers within 5 %%, %s', async (_name, options) => {
    const servers = [await serve('a'), await serve('b')];
    const client = await inject({ servers: servers.map(({ address }) => address), ...options });
    await client.pool.ready(2);
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        for (let i = 0; i < 20; i++) await lastValueFrom(client.send('sum', [1, 2]));
      }),
    );
    const [a, b] = servers.map(({ count }) => count);
    expect(a! + b!).toBe(2_000);
    expect(Math.abs(a! - b!)).toBeLessThanOrEqual(100);
  });

  it('speaks TLS', async () => {
    const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const server = await serve('secret', { host: 'localhost', tlsOptions: { key: pem.private, cert: pem.cert } });
    const port = server.options.port!;
    const client = await inject({ servers: [`localhost:${String(port)}`], tlsOptions: { ca: pem.cert } });
    expect(await ask(client, { cmd: 'who' }, {})).toEqual(['secret']);
    const stranger = await inject({ host: 'localhost', port, tlsOptions: {}, requestTimeout: 500 });
    expect(await ask(stranger, { cmd: 'who' }, {})).toMatchObject({ error: { code: 'RXPOOL_REQUEST_TIMEOUT' } });
  });

  it('speaks over a Unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rxpool-'));
    cleanup.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'math.sock');
    // Nest hands it on to `listen`, which takes a path as well.
    await serve('local', { port: path });
    expect(await ask(await inject({ path }), { cmd: 'who' }, {})).toEqual(['local']);
  });

  it('loses with a killed server what was in flight on it and nothing else, and comes back to it', async () => {
    const servers = [await serve('a'), await serve('b')] as const;
    const client = await inject({
      servers: servers.map(({ address }) => address),
      pool: { retry: { delay: 50 } },
    });
    await client.pool.ready(2);

    const answers: string[] = [];
    const errors: unknown[] = [];
    let isOver = false;
    const caller = async (): Promise<void> => {
      while (!isOver) {
        try {
          answers.push(await lastValueFrom(client.send<string>('hold', 1)));
        } catch (error) {
          errors.push(error);
        }
      }
    };
    const callers = Array.from({ length: 100 }, caller);
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise(setImmediate);
    };
    const held = (): number => servers[0].held.length + servers[1].held.length;
    const round = async (): Promise<void> => {
      await until(() => held() === 100);
      for (const server of servers) server.answerAll();
    };

    for (let i = 0; i < 5; i++) await round();
    await until(() => held() === 100);
    const inFlight = servers[0].held.splice(0).length;
    expect(inFlight).toBe(50);
    await servers[0].kill();
    await until(() => servers[1].held.length === 100);
    expect(errors).toHaveLength(inFlight);
    for (const error of errors) {
      expect(error).toBeInstanceOf(RequestLostError);
      expect(error).toMatchObject({ info: { address: servers[0].address, written: true } });
    }

    // With one server less.
    for (let i = 0; i < 3; i++) await round();
    await servers[0].start();
    await until(() => {
      servers[1].answerAll();
      return servers[0].held.length > 0;
    });
    for (const server of servers) server.answerAll();
    isOver = true;
    const rest = setInterval(() => {
      for (const server of servers) server.answerAll();
    }, 1);
    await Promise.all(callers);
    clearInterval(rest);
    expect(errors).toHaveLength(inFlight);
    expect(new Set(answers)).toEqual(new Set(['a', 'b']));
    expect(client.pool.stats.leases).toBe(0);
  });

  it('gives up a request that nobody answers, and serves the others', async () => {
    const server = await serve('a');
    const client = await inject({ servers: [server.address], requestTimeout: 300 });
    const late = ask(client, 'hold', 1);
    expect(await ask(client, 'sum', [1])).toEqual([1]);
    expect(await late).toMatchObject({ error: { code: 'RXPOOL_REQUEST_TIMEOUT', info: { written: true } } });
    expect(await ask(client, 'sum', [2])).toEqual([2]);
  });

  it('closes with the application, once what is under way is answered', async () => {
    const server = await serve('a');
    const options: PooledTcpClientOptions = { servers: [server.address] };
    @Module({ imports: [ClientsModule.register([{ name: 'MATH', customClass: PooledTcpClient, options }])] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const client = app.get<PooledTcpClient>('MATH');
    const answer = ask(client, 'hold', 1);
    while (server.held.length === 0) await new Promise(setImmediate);
    const closed = app.close();
    while (client.pool.status.state !== 'closed') await new Promise(setImmediate);
    server.answerAll();
    expect(await answer).toEqual(['a']);
    await closed;
    expect(client.pool.stats.owned).toBe(0);
  });
});
