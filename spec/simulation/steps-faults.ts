import { choose } from './choice.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import type { StepKind, StepKinds } from './step-kind.js';
import type { Host } from './host.js';

/** Happens to one of the servers. */
function toHost(how: (host: Host) => unknown): StepKind {
  return ({ hosts }, a) => {
    const host = choose(hosts, a);
    return host !== undefined && how(host) !== false;
  };
}

/** Happens to the server's end of one connection. */
function toPeer(how: (socket: SimulatedSocket) => unknown): StepKind {
  return ({ hosts }, a) => {
    const socket = choose(
      hosts.flatMap(({ server }) => [...server.sockets]),
      a,
    );
    if (socket === undefined || socket.destroyed) return false;
    how(socket);
    return true;
  };
}

export const faults: StepKinds = {
  'a connection is reset': [5, toPeer((socket) => socket.resetAndDestroy())],
  'a server ends a connection': [4, toPeer((socket) => socket.end())],
  'a server destroys a connection': [2, toPeer((socket) => socket.destroy())],
  'a server sends what nobody asked for': [4, toPeer((socket) => socket.writable && socket.write('news'))],
  'a server sends a lot': [1, toPeer((socket) => socket.writable && socket.write(Buffer.alloc(100_000)))],
  'a server sends and ends': [2, toPeer((socket) => socket.end('goodbye'))],
  'a server stops reading': [2, toPeer((socket) => socket.pause())],
  'a server reads on': [3, toPeer((socket) => socket.resume())],
  'all connections are reset': [1, toHost(({ server }) => server.reset())],
  'a server stops listening': [1, toHost(({ server }) => server.isListening && server.close())],
  'a server crashes': [1, toHost(({ server }) => server.isListening && server.crash())],
  'a server listens again': [4, toHost(({ server }) => !server.isListening && server.listen())],
  'the network is cut': [1, toHost(({ server }) => server.partition())],
  'the network is mended': [4, toHost(({ server }) => server.heal())],
  'connects are refused': [1, toHost((host) => void (host.accept = 'refuse'))],
  'connects are ignored': [1, toHost((host) => void (host.accept = 'ignore'))],
  'connects are accepted again': [4, toHost((host) => host.accept !== 'accept' && void (host.accept = 'accept'))],
  'a server falls silent': [1, toHost((host) => !host.isMute && void (host.isMute = true))],
  'a server answers again': [2, toHost((host) => host.isMute && void (host.isMute = false))],
};
