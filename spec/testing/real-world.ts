import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ContractSocket, World } from './socket-contract.js';

const HOST = '127.0.0.1';
/** Long past everything that is to come: only a test that fails waits for it. */
const PATIENCE = 5_000;
/** A reset or an end takes one round trip to be heard and one more to be answered. */
const ROUND_TRIPS = 5;

/** Sockets of Node on loopback. */
export async function createRealWorld(): Promise<World> {
  const sockets: Socket[] = [];
  const claims: ((socket: Socket) => void)[] = [];
  const unclaimed: Socket[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.push(socket);
    return socket;
  };
  const { server, port } = await listen((socket) => {
    keep(socket);
    const claim = claims.shift();
    if (claim === undefined) unclaimed.push(socket);
    else claim(socket);
  });
  const echo = await listen((socket) => keep(socket).pipe(socket));
  const probe = keep(connect(echo.port, HOST));
  await once(probe, 'ready');
  const refused = await listen(() => undefined);
  refused.server.close();
  await once(refused.server, 'close');
  onTestFinished(() => {
    for (const socket of sockets) socket.on('error', () => undefined).destroy();
    server.close();
    echo.server.close();
  });
  return {
    dial: () => keep(connect(port, HOST)),
    accepted: async () => unclaimed.shift() ?? patiently('connection', (resolve) => claims.push(resolve)),
    refusedAddress: `${HOST}:${refused.port}`,
    dialRefused: () => keep(connect(refused.port, HOST)),
    until,
    async quiet() {
      for (let trip = 0; trip < ROUND_TRIPS; trip++) {
        probe.write('x');
        await once(probe, 'data');
        await new Promise(setImmediate);
      }
    },
    uncaught,
  };
}

interface Listening {
  readonly server: Server;
  readonly port: number;
}

async function listen(serve: (socket: Socket) => void): Promise<Listening> {
  const server = createServer(serve).listen(0, HOST);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function until(socket: ContractSocket, event: string): Promise<unknown[]> {
  return patiently(`'${event}'`, (resolve, reject) => {
    socket.once(event, (...values: unknown[]) => resolve(values));
    // Nothing comes after it.
    socket.once('close', () => reject(new Error(`no '${event}' came before the close`)));
  });
}

async function uncaught(): Promise<unknown> {
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
  return patiently('uncaught error', (resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
}

type Wait<T> = (resolve: (value: T) => void, reject: (error: Error) => void) => void;

async function patiently<T>(what: string, wait: Wait<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const answer = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} came`)), PATIENCE);
    wait(resolve, reject);
  });
  return answer.finally(() => clearTimeout(timer));
}
