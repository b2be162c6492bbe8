import { once } from 'node:events';
import { createServer } from 'node:net';
import { nextMessage, start } from '../child.js';
import type { Back, Dead } from '../dead-address-client.js';
import { cost, figure, type Case, type Contender } from '../rows.js';

/** How long the address is dead, in ms. */
const LASTS = 3_000;

interface Trial extends Dead {
  /** From the server's return until the last borrower was served, in ms. */
  readonly recovery: number;
}

const deadAddress: Case = async ({ quick, progress }) => {
  const rounds = quick ? 1 : 7;
  const ours: Trial[] = [];
  const probes: Trial[] = [];
  for (let round = 0; round < rounds; round++) {
    // Side by side, since both sleep most of the time, and CPU is counted by process.
    const [trial, probe] = await Promise.all([attempt('rxpool'), attempt('probe')]);
    ours.push(trial);
    probes.push(probe);
    progress((round + 1) / (rounds + 2));
  }
  // These two one after the other: the first takes all the CPU it can get. Once is enough, there is nothing subtle about it.
  const generic = await attempt('generic-pool');
  progress((rounds + 1) / (rounds + 2));
  const tarn = await attempt('tarn');

  const beside = (of: (trial: Trial) => number): Contender[] => [
    { name: 'plain probe', samples: probes.map(of) },
    { name: 'generic-pool', samples: [of(generic)] },
    { name: 'tarn', samples: [of(tarn)] },
  ];
  const cpu = (trials: readonly Trial[]): number[] => trials.map(({ cpu }) => cpu);
  return [
    figure(
      'dials',
      'dials',
      ours.map(({ dials }) => dials),
      { atMost: 15 },
      beside(({ dials }) => dials),
    ),
    cost('CPU', 'ms', cpu(ours), { name: 'plain probe', samples: cpu(probes) }, { atMost: 3 }),
    figure(
      'CPU',
      'ms',
      cpu(ours),
      {},
      beside(({ cpu }) => cpu),
    ),
    figure(
      'all 200 served after the return of the server',
      'ms',
      ours.map(({ recovery }) => recovery),
      { atMost: 1_500 },
      beside(({ recovery }) => recovery),
    ),
  ];
};
export default deadAddress;

async function attempt(kind: string): Promise<Trial> {
  const port = await deadPort();
  const client = start('dead-address-client.ts', [kind, String(port), String(LASTS)]);
  try {
    await nextMessage(client);
    client.send('begin');
    const dead = await nextMessage<Dead>(client);
    const server = createServer((socket) => socket.on('error', () => socket.destroy())).listen(port, '127.0.0.1');
    const served = nextMessage<Back>(client);
    await once(server, 'listening');
    const returnedAt = Date.now();
    const { servedAt } = await served;
    server.close();
    return { ...dead, recovery: servedAt - returnedAt };
  } finally {
    client.kill();
  }
}

/**
 * A port that nobody listens on, and outside the range that the system takes its own from: else one of many dials would sooner or later get
 * the very port that it dials, and be connected to itself.
 */
async function deadPort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
  return port;
}
