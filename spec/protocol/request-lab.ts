import { createPool, type Pool, type PoolConfig } from '../../src/index.js';
import {
  lines,
  requestClient,
  type Protocol,
  type RequestClient,
  type RequestClientConfig,
} from '../../src/protocol/index.js';
import {
  createNetwork,
  VirtualClock,
  type Network,
  type ServerConfig,
  type SimulatedServer,
  type SimulatedSocket,
} from '../../src/testing/index.js';
import { FULL_DELAY } from '../pool/pool-lab.js';

/** What the server does with a line. */
export type Serve = (line: string, socket: SimulatedSocket) => void;

export interface LabConfig {
  /** @default the line comes back */
  readonly serve?: Serve;
  readonly pool?: PoolConfig<SimulatedSocket, Buffer>;
  readonly client?: RequestClientConfig;
  readonly server?: ServerConfig;
  readonly seed?: number;
}

/** A client with its world in the test's hands. */
export interface RequestLab<Request, Frame, Answer> {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly server: SimulatedServer;
  readonly pool: Pool<SimulatedSocket, Buffer>;
  readonly client: RequestClient<Request, Frame, Answer>;
  /** What the server has been asked, in order, over all connections. */
  readonly asked: string[];
  /** How many writes have reached the server, each in one piece. */
  readonly pieces: string[];
  /** The server's ends, the oldest first. */
  readonly sockets: SimulatedSocket[];
}

/** One line is the answer. One that begins with `!` is an error, with `>` a push. */
export const inOrder: Protocol<string, string> = {
  frames: lines({ maxFrame: 1_000 }),
  encode: (line) => `${line}\n`,
  isPush: (line) => line.startsWith('>'),
  answer: (line) => {
    if (line.startsWith('!')) throw new Error(line);
    return line;
  },
};

/** Every line begins with an id and a blank. One without an id is a push. */
export const byId: Protocol<string, string> = {
  frames: lines({ maxFrame: 1_000 }),
  encode: (line, id) => `${id} ${line}\n`,
  idOf: (line) => (/^\d+ /.test(line) ? Number(line.split(' ')[0]) : undefined),
  answer: (line) => line.slice(line.indexOf(' ') + 1),
};

/** A network without latency of its own: what is written arrives within 1 ms. */
export function requestLab<Request, Frame, Answer>(
  protocol: Protocol<Request, Frame, Answer>,
  { serve = (line, socket) => void socket.write(`${line}\n`), pool, client, server, seed = 0 }: LabConfig = {},
): RequestLab<Request, Frame, Answer> {
  const clock = new VirtualClock();
  const network = createNetwork({ clock, seed });
  const asked: string[] = [];
  const pieces: string[] = [];
  const sockets: SimulatedSocket[] = [];
  const listening = network.listen(
    'server:7',
    (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      let rest = '';
      const text = new TextDecoder();
      socket.on('data', (chunk: Buffer) => {
        const piece = text.decode(chunk, { stream: true });
        pieces.push(piece);
        const parts = (rest + piece).split('\n');
        rest = parts.pop()!;
        for (const line of parts) {
          asked.push(line);
          serve(line, socket);
        }
      });
    },
    server,
  );
  const sharing = createPool(network.tcp('server:7'), {
    clock,
    random: network.random,
    max: 1,
    concurrency: 100,
    ...pool,
  });
  return {
    clock,
    network,
    server: listening,
    pool: sharing,
    client: requestClient(sharing, protocol, { backoff: fullBackoff, ...client }),
    asked,
    pieces,
    sockets,
  };
}

/** 20 ms, then twice as long each time. */
const fullBackoff = Object.assign(() => 0, { duration: (attempt: number) => 20 * 2 ** (attempt - 1) * FULL_DELAY() });
