import { EmptyError, firstValueFrom, NEVER, Observable, of, take, takeUntil, throwError } from 'rxjs';
import type { BorrowConfig } from '../../src/index.js';
import type { Client, Face, OnGrant, SimulatedLease } from './client.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { rule } from './breach.js';
import type { World } from './world.js';

/** Somebody asks, through one of the pool's faces. */
export function ask(world: World, face: Face, config: BorrowConfig | undefined, onGrant?: OnGrant): Client {
  const client = world.clients.join(face, config, onGrant);
  world.context.run(client, () => turnTo(world, client, config));
  client.isAsking = false;
  return client;
}

function turnTo(world: World, client: Client, config: BorrowConfig | undefined): void {
  const { pool, clients, breaches } = world;
  const { face } = client;
  const next = (lease: SimulatedLease): void => breaches.guard(() => clients.granted(client, lease));
  const error = (cause: unknown): void => breaches.guard(() => clients.refused(client, cause));
  if (face === 'acquire') void pool.acquire(config).then(next, error);
  else if (face === 'tryBorrow') {
    const lease = pool.tryBorrow();
    if (lease === undefined) clients.left(client);
    else next(lease);
  } else if (face === 'worker') {
    const complete = (): void => workerCompleted(world, client);
    client.subscription = pool.available$.subscribe({ next, error, complete });
  } else if (face === 'allocate') {
    const use = (socket: SimulatedSocket): void => breaches.guard(() => clients.allocated(client, socket));
    client.subscription = pool.allocate().subscribe({ next: use, error });
  } else {
    const leases = face === 'available' ? pool.available$.pipe(take(1)) : pool.borrow(config);
    client.subscription = leases.subscribe({ next, error });
  }
}

function workerCompleted(world: World, client: Client): void {
  world.breaches.guard(() => rule(world.clients.isPoolClosing, 'a worker completes when the pool closes'));
  world.clients.ending(client);
  world.clients.left(client);
}

/** What somebody does with a socket, as a project of `use`. */
export const projects = {
  'completes at once': () => of(1),
  'is a promise': () => Promise.resolve(1),
  'asks and waits for the answer': (lease: SimulatedLease) => {
    lease.socket.write('question');
    return lease.data$.pipe(take(1));
  },
  'has an empty answer': () => [],
  throws: () => {
    throw new Error('the project has thrown');
  },
  fails: () => throwError(() => new Error('the project has failed')),
  rejects: () => Promise.reject(new Error('the project has rejected')),
  'never ends': () => NEVER,
  'releases by itself': (lease: SimulatedLease) => {
    lease.release();
    return of(1);
  },
} as const;

/** Somebody uses a socket, and the loan ends as the project does. */
export function use(
  world: World,
  project: keyof typeof projects,
  config: (BorrowConfig & { reuse?: () => boolean }) | undefined,
  consumer: 'subscribe' | 'first value',
): Client {
  const { pool, clients } = world;
  const client = clients.join('use', config);
  const results = new Observable<unknown>((subscriber) => {
    // Of a promise's consumer the reason is known only later, its leaving at once.
    subscriber.add(() => {
      if (consumer === 'first value' && client.state === 'waiting') clients.left(client);
    });
    const running = pool.use<unknown>((socket, lease) => {
      world.breaches.guard(() => clients.granted(client, lease));
      lease.lost$.subscribe({ complete: () => void clients.ending(client) });
      // Should the project not complete, the socket is not lent again.
      if (project !== 'completes at once' && project !== 'is a promise') world.ledger.of(socket).isSuspicious = true;
      return projects[project](lease);
    }, config);
    subscriber.add(running.subscribe(subscriber));
  });
  const over = (error?: unknown): void => {
    if (error instanceof EmptyError && client.state === 'waiting') clients.left(client);
    else if (client.state === 'waiting' && error !== undefined)
      world.breaches.guard(() => clients.refused(client, error));
    else clients.ending(client);
  };
  world.context.run(client, () => {
    if (consumer === 'first value') void firstValueFrom(results.pipe(takeUntil(world.home))).then(() => over(), over);
    else client.subscription = results.subscribe({ error: over, complete: () => over() });
  });
  client.isAsking = false;
  return client;
}
