import type { BorrowConfig } from '../../src/index.js';
import { ask, projects, use } from './asking.js';
import { rule } from './breach.js';
import { choose } from './choice.js';
import type { Client } from './client.js';
import type { StepKinds } from './step-kind.js';
import type { World } from './world.js';

/** Half of all go by the pool's own timeout. */
function configBy(b: number): BorrowConfig | undefined {
  return choose([undefined, undefined, undefined, { timeout: 0 }, { timeout: 30 }, { timeout: Infinity }], b);
}

function release(client: Client, world: World): void {
  world.clients.ending(client)?.release();
}

function leave(world: World, client: Client | undefined): void {
  if (client?.subscription === undefined || client.state !== 'waiting') return;
  world.clients.left(client);
  client.subscription.unsubscribe();
}

function withSignal(world: World, face: 'borrow' | 'acquire', b: number): boolean {
  const controller = choose([undefined, ...world.signals], b) ?? new AbortController();
  world.signals.push(controller);
  if (world.signals.length > 5) world.signals.shift();
  ask(world, face, { signal: controller.signal });
  return true;
}

function allocate(world: World): boolean {
  if (world.settings.pool.concurrency === Infinity) {
    ask(world, 'allocate', undefined);
    return true;
  }
  let error: unknown;
  try {
    world.pool.allocate();
  } catch (thrown) {
    error = thrown;
  }
  rule(error instanceof TypeError, 'nothing is allocated where sockets are not shared');
  return false;
}

/** What somebody may wish for besides any connection. */
function wishBy({ pool }: World, a: number, b: number): BorrowConfig {
  const [view] = choose([[choose(pool.endpoints, b)], [undefined]], (a * 7) % 1) ?? [];
  const label = choose([undefined, `borrower ${a}`], (a * 5) % 1);
  const timeout = choose([undefined, 30, 500], (b * 11) % 1);
  return {
    ...{ priority: choose([-1, 0, 0, 1, 5], a) ?? 0 },
    ...(view !== undefined && { endpoint: b < 0.5 ? view.address : view.endpoint }),
    ...(label !== undefined && { label }),
    ...(timeout !== undefined && { timeout }),
  };
}

export const asks: StepKinds = {
  'borrow with wishes': [8, (world, a, b) => ask(world, 'borrow', wishBy(world, a, b)) !== undefined],
  'acquire with wishes': [3, (world, a, b) => ask(world, 'acquire', wishBy(world, a, b)) !== undefined],
  'use with wishes': [
    3,
    (world, a, b) => {
      const project = choose(['completes at once', 'asks and waits for the answer', 'never ends'] as const, b);
      return use(world, project ?? 'never ends', wishBy(world, a, b), 'subscribe') !== undefined;
    },
  ],
  allocate: [3, allocate],
  borrow: [14, (world, _a, b) => ask(world, 'borrow', configBy(b)) !== undefined],
  'take one of available$': [8, (world) => ask(world, 'available', undefined) !== undefined],
  'start a worker': [2, (world) => ask(world, 'worker', undefined) !== undefined],
  acquire: [6, (world, _a, b) => ask(world, 'acquire', configBy(b)) !== undefined],
  'borrow with a signal': [3, (world, _a, b) => withSignal(world, 'borrow', b)],
  'acquire with a signal': [3, (world, _a, b) => withSignal(world, 'acquire', b)],
  'try to borrow': [3, (world) => ask(world, 'tryBorrow', undefined).state === 'holding'],
  use: [
    14,
    (world, a, b) => {
      const names = Object.keys(projects) as (keyof typeof projects)[];
      const project = choose(names, a) ?? 'completes at once';
      world.tally.add(`use: a project that ${project}`);
      use(world, project, b < 0.2 ? { reuse: () => b < 0.1 } : configBy(b), 'subscribe');
      return true;
    },
  ],
  'use the first value': [
    3,
    (world, a) => {
      const project = choose(
        ['completes at once', 'asks and waits for the answer', 'has an empty answer', 'is a promise'] as const,
        a,
      );
      use(world, project ?? 'is a promise', undefined, 'first value');
      return true;
    },
  ],
  'borrow and leave at once': [
    3,
    (world) => {
      leave(world, ask(world, 'borrow', undefined));
      return true;
    },
  ],
  'release in the grant': [
    4,
    (world) => ask(world, 'borrow', undefined, (client) => release(client, world)) !== undefined,
  ],
  'ask again in the grant': [
    3,
    (world) => ask(world, 'borrow', undefined, () => void ask(world, 'borrow', undefined)) !== undefined,
  ],
  'release and ask again in the grant': [
    3,
    (world) => {
      ask(world, 'borrow', undefined, (client) => {
        release(client, world);
        ask(world, 'available', undefined);
      });
      return true;
    },
  ],
  'let the next one leave in the grant': [
    4,
    (world, a) => {
      ask(world, 'borrow', undefined, () =>
        leave(
          world,
          choose(
            world.clients.in('waiting', (one) => one.standsInLine),
            a,
          ),
        ),
      );
      return true;
    },
  ],
  'leave the queue': [
    8,
    (world, a) => {
      const client = choose(
        world.clients.in('waiting', ({ subscription }) => subscription !== undefined),
        a,
      );
      leave(world, client);
      return client !== undefined;
    },
  ],
  'stop a worker': [
    2,
    (world, a) => {
      const client = choose(
        [...world.clients.active].filter(({ face, state }) => face === 'worker' && state !== 'holding'),
        a,
      );
      if (client === undefined) return false;
      world.clients.left(client);
      client.subscription?.unsubscribe();
      return true;
    },
  ],
  abort: [
    4,
    (world, a) => {
      const controller = choose(
        world.signals.filter(({ signal }) => !signal.aborted),
        a,
      );
      controller?.abort(new Error('aborted'));
      return controller !== undefined;
    },
  ],
};
