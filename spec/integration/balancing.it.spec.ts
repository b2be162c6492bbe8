import type { Socket } from 'node:net';
import { first, firstValueFrom, timeout } from 'rxjs';
import { expect, it } from 'vitest';
import { peakEwma, powerOfTwo, roundRobin, type Picker } from '../../src/balance/index.js';
import { PoolClosedError, type Pool, type PoolConfig } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';
import { nextEvent, testPool, until } from './pools.js';
import { startServer, type TestServer } from './servers.js';

const ANSWER_WITHIN = 200;
const CONSECUTIVE = 2;

/** What a server does: it answers each request after a time, or holds it. */
class Service {
  requests = 0;
  /** Asked and not answered. */
  inHand = 0;
  isHolding = false;

  constructor(private readonly time: number) {}

  readonly serve = (socket: Socket): void => {
    let timer: NodeJS.Timeout | undefined;
    socket.on('data', () => {
      this.requests++;
      this.inHand++;
      if (this.isHolding) return;
      timer = setTimeout(() => {
        this.inHand--;
        socket.write('done\n');
      }, this.time);
    });
    socket.on('close', () => clearTimeout(timer));
    socket.on('end', () => socket.end());
  };
}

/** Borrowers who ask again and again, each with one request at a time, until they are told to stop. */
class Load {
  readonly errors: unknown[] = [];
  answered = 0;
  private isOver = false;
  private readonly workers: Promise<void>[];

  constructor(
    private readonly pool: Pool<Socket, Buffer>,
    size: number,
  ) {
    this.workers = Array.from({ length: size }, async () => this.work());
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (!this.isOver) {
      try {
        await this.pool.run(async (socket, lease) => {
          socket.write('do\n');
          return firstValueFrom(lease.data$.pipe(lines(), first(), timeout(ANSWER_WITHIN)));
        });
        this.answered++;
      } catch (error) {
        // The test has failed, and would never come to an end.
        if (error instanceof PoolClosedError) return;
        this.errors.push(error);
      }
    }
  }
}

interface World {
  readonly servers: readonly TestServer[];
  readonly services: readonly Service[];
  readonly pool: Pool<Socket, Buffer>;
}

async function worldOf(times: readonly number[], config: PoolConfig<Socket, Buffer>): Promise<World> {
  const services = times.map((time) => new Service(time));
  const servers = await Promise.all(services.map(async ({ serve }) => startServer(serve)));
  const pool = testPool<Socket, Buffer>(
    servers.map(({ address }) => tcp(address)),
    config,
  );
  await pool.ready();
  return { servers, services, pool };
}

/** The part of a thousand requests that goes to the one of five servers that takes twenty times as long. */
async function partOfTheSlow(balance: Picker): Promise<number> {
  const { services, pool } = await worldOf([80, 4, 4, 4, 4], { balance, min: 150, max: 150, minPerEndpoint: 30 });
  const load = new Load(pool, 30);
  await until(() => load.answered >= 1_000);
  await load.stop();
  expect(load.errors).toEqual([]);
  const all = services.reduce((sum, { requests }) => sum + requests, 0);
  return services[0]!.requests / all;
}

it('a slow server gets much less to do by what it takes, or by how many use it, than in turn', async () => {
  const inTurn = await partOfTheSlow(roundRobin());
  expect(await partOfTheSlow(powerOfTwo())).toBeLessThan(inTurn);
  expect(await partOfTheSlow(peakEwma())).toBeLessThan(inTurn / 3);
});

const failing: PoolConfig<Socket, Buffer> = {
  ...{ balance: roundRobin(), min: 20, max: 40, minPerEndpoint: 5, retry: { delay: 20, resetAfter: 0 } },
  ejection: { consecutive: CONSECUTIVE, baseTime: 100, slowStart: 0 },
};

it('a server that dies costs the requests it had in hand, and is used again when it is back', async () => {
  const { servers, services, pool } = await worldOf([5, 5, 5, 5], failing);
  const [server, service] = [servers[0]!, services[0]!];
  const { address, port } = server;
  const load = new Load(pool, 20);
  await until(() => service.requests >= 20);
  service.isHolding = true;
  await until(() => service.inHand > CONSECUTIVE);
  const { open } = pool.endpoints[0]!;
  const ejected = nextEvent(pool.events$, 'ejected');
  await server.kill();
  expect(await ejected).toMatchObject({ endpoint: address, reason: 'consecutive' });
  const before = load.answered;
  await until(() => load.answered > before + 100);

  const back = new Service(5);
  const readmitted = nextEvent(pool.events$, 'readmitted');
  await startServer(back.serve, { host: '127.0.0.1', port });
  expect(await readmitted).toMatchObject({ endpoint: address });
  await until(() => back.requests >= 20);
  await load.stop();
  expect(load.errors.length).toBeLessThanOrEqual(CONSECUTIVE * open);
});

it('a server that answers no more costs few requests, and is used again when it answers', async () => {
  const { servers, services, pool } = await worldOf([5, 5, 5, 5], failing);
  const service = services[0]!;
  const load = new Load(pool, 20);
  await until(() => service.requests >= 20);
  const { open } = pool.endpoints[0]!;
  const ejected = nextEvent(pool.events$, 'ejected');
  service.isHolding = true;
  expect(await ejected).toMatchObject({ endpoint: servers[0]!.address, reason: 'consecutive' });

  // It is tried in vain, and left alone for longer.
  expect(await nextEvent(pool.events$, 'ejected')).toMatchObject({ reason: 'probe', times: 2 });
  const readmitted = nextEvent(pool.events$, 'readmitted');
  service.isHolding = false;
  expect(await readmitted).toMatchObject({ endpoint: servers[0]!.address });
  const { requests } = service;
  await until(() => service.requests >= requests + 20);
  await load.stop();
  expect(load.errors.length).toBeLessThanOrEqual(CONSECUTIVE * open + 1);
});
