import { ask } from './asking.js';
import { choose } from './choice.js';
import type { Client } from './client.js';
import type { StepKinds } from './step-kind.js';
import type { World } from './world.js';

/** Ends a loan as its endpoint deserves. */
function judge({ clients, hosts, ledger }: World, client: Client): void {
  const record = client.socket && ledger.sockets.get(client.socket);
  const isBad = hosts.some(({ isBad, server }) => isBad && server.address === record?.address);
  if (record !== undefined && isBad) record.isDoomed = true;
  const lease = clients.ending(client);
  if (isBad) lease?.destroy(new Error('it answered nonsense'));
  else lease?.release();
}

function judgeAll(world: World): boolean {
  const holding = world.clients.in('holding', ({ isRunning }) => !isRunning);
  for (const client of holding) if (client.state === 'holding') judge(world, client);
  return holding.length > 0;
}

export const judgings: StepKinds = {
  'an endpoint fails time and again': [
    6,
    (world, a, b) => {
      const view = choose(world.pool.endpoints, a);
      const host = world.hosts.find(({ server }) => server.address === view?.address);
      if (host === undefined) return false;
      host.isBad = true;
      for (let i = 0; i < 5; i++) {
        ask(world, 'borrow', { endpoint: host.server.address, key: `tester ${i}`, timeout: 100 }, (client) =>
          judge(world, client),
        );
      }
      host.isBad = b < 0.5;
      return true;
    },
  ],
  'an endpoint turns bad': [
    4,
    ({ hosts }, a) => {
      const host = choose(
        hosts.filter(({ isBad }) => !isBad),
        a,
      );
      if (host !== undefined) host.isBad = true;
      return host !== undefined;
    },
  ],
  'an endpoint recovers': [
    5,
    ({ hosts }, a) => {
      const host = choose(
        hosts.filter(({ isBad }) => isBad),
        a,
      );
      if (host !== undefined) host.isBad = false;
      return host !== undefined;
    },
  ],
  'one loan ends as its endpoint deserves': [
    80,
    (world, a) => {
      const client = choose(
        world.clients.in('holding', ({ isRunning }) => !isRunning),
        a,
      );
      if (client !== undefined) judge(world, client);
      return client !== undefined;
    },
  ],
  'all loans end as their endpoints deserve': [12, judgeAll],
  'borrow, and judge in the grant': [
    30,
    (world) => ask(world, 'borrow', undefined, (client) => judge(world, client)) !== undefined,
  ],
  'borrow of one endpoint, and judge in the grant': [
    12,
    (world, a) => {
      const view = choose(world.pool.endpoints, a);
      if (view === undefined) return false;
      ask(world, 'borrow', { endpoint: view.address }, (client) => judge(world, client));
      return true;
    },
  ],
};
