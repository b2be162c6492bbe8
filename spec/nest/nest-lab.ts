import 'reflect-metadata';
import type { Socket } from 'node:net';
import type { Transport } from '../../src/index.js';
import { PooledTcpClient, type PooledTcpClientOptions } from '../../src/nest/microservices/index.js';
import { createNetwork, type Network, type SimulatedServer, type SimulatedSocket } from '../../src/testing/index.js';
import { vi } from 'vitest';

/** A packet as the server gets it. */
export interface Asked {
  readonly id?: string;
  readonly pattern: unknown;
  readonly data: unknown;
  readonly metadata?: unknown;
}

/** What the server does with a packet. */
export type Serve = (packet: Asked, socket: SimulatedSocket) => void;

/** A client of Nest over a simulated network, and its servers. Time is that of the fake timers. */
export interface NestLab {
  readonly client: PooledTcpClient;
  readonly network: Network;
  readonly servers: readonly SimulatedServer[];
  /** What the servers have been asked, in order. */
  readonly asked: Asked[];
  /** By which of the servers. */
  readonly by: string[];
}

export function frameOf(packet: unknown): string {
  const json = JSON.stringify(packet);
  return `${json.length}#${json}`;
}

/** Sends back the data that came. */
export const echo: Serve = ({ id, data }, socket) => {
  if (id !== undefined) socket.write(frameOf({ response: data, isDisposed: true, id }));
};

/** @param addresses of the servers */
export function nestLab(
  serve: Serve = echo,
  options: Omit<PooledTcpClientOptions, 'source'> = {},
  addresses: readonly string[] = ['server:3000'],
): NestLab {
  const network = createNetwork();
  const asked: Asked[] = [];
  const by: string[] = [];
  const servers = addresses.map((address) =>
    network.listen(address, (socket) => {
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (let match = /^(\d+)#/.exec(text); match !== null; match = /^(\d+)#/.exec(text)) {
          const end = match[0].length + Number(match[1]);
          if (text.length < end) return;
          const packet = JSON.parse(text.slice(match[0].length, end)) as Asked;
          text = text.slice(end);
          asked.push(packet);
          by.push(address);
          serve(packet, socket);
        }
      });
    }),
  );
  // A simulated socket has what the client uses of a real one.
  const source = addresses.map((address) => network.tcp(address) as unknown as Transport<Socket, Buffer>);
  return { client: new PooledTcpClient({ ...options, source }), network, servers, asked, by };
}

/** Lets the simulated world go on for so long, in ms. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
