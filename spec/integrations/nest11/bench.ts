/**
 * PooledTcpClient beside Nest's ClientTCP: 100 callers, the same payload, one ServerTCP in a process of its own. The two
 * take turns, so that both see the same machine.
 *
 *   npm run bench [-- rounds]
 */
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ClientTCP, type ClientProxy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { PooledTcpClient } from 'rxpool/nest/microservices';
import { freePort } from '../nest/free-port.js';

const CALLERS = 100;
const REQUESTS = 20_000;
const rounds = Number(process.argv[2] ?? 15);
const payload = { user: 'é'.repeat(20), items: Array.from({ length: 10 }, (_, i) => ({ id: i, name: `item ${i}` })) };

type Client = Pick<ClientProxy, 'send'> & { close(): unknown };

interface Figure {
  /** µs of this process's processor time. */
  readonly cpu: number;
  readonly perSecond: number;
}

async function measure(client: Client): Promise<Figure> {
  let left = REQUESTS;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await lastValueFrom(client.send('echo', payload));
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / REQUESTS, perSecond: (REQUESTS / took) * 1_000 };
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => sorted[Math.round(share * (sorted.length - 1))]!.toFixed(digits);
  return `${at(0.5)} (${at(0)} to ${at(1)})`;
}

const port = await freePort();
const server = fork(fileURLToPath(new URL('bench-server.ts', import.meta.url)), [String(port)], {
  execArgv: ['--import', 'tsx'],
});
await once(server, 'message');
const clients: Record<'ClientTCP' | 'PooledTcpClient', Client> = {
  ClientTCP: new ClientTCP({ host: '127.0.0.1', port }),
  PooledTcpClient: new PooledTcpClient({ host: '127.0.0.1', port }),
};
const names = ['ClientTCP', 'PooledTcpClient'] as const;
const figures: Record<(typeof names)[number], Figure[]> = { ClientTCP: [], PooledTcpClient: [] };

for (const name of names) await measure(clients[name]);
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) figures[name].push(await measure(clients[name]));
  process.stderr.write(`\r${round + 1} of ${rounds} rounds`);
}
process.stderr.write('\n');

console.log(`${CALLERS} callers, ${REQUESTS} requests a round, ${rounds} rounds; median (least to most)`);
for (const name of names) {
  console.log(
    `${name.padEnd(16)} ${spread(
      figures[name].map(({ cpu }) => cpu),
      1,
    )} µs CPU a request, ` +
      `${spread(
        figures[name].map(({ perSecond }) => perSecond),
        0,
      )} requests/s`,
  );
}
const ratios = (of: keyof Figure): number[] =>
  figures.PooledTcpClient.map((figure, i) => figure[of] / figures.ClientTCP[i]![of]);
console.log(`CPU, ours to theirs, round by round: ${spread(ratios('cpu'), 2)}; aim at most 0.9`);
console.log(`requests/s, ours to theirs, round by round: ${spread(ratios('perSecond'), 2)}; aim at least 1`);

for (const name of names) await clients[name].close();
server.disconnect();
