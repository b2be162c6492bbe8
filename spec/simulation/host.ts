import type { Network, SimulatedServer } from '../../src/testing/index.js';
import type { Settings } from './settings.js';

/** A server, and how it treats whoever connects. */
export interface Host {
  readonly server: SimulatedServer;
  accept: 'accept' | 'refuse' | 'ignore';
  isMute: boolean;
  /** What it answers is nonsense, as its clients find out. */
  isBad: boolean;
}

/** One that answers with what it is sent. */
export function startHost(network: Network, address: string, { acceptDelay, segment, window }: Settings): Host {
  const host: { -readonly [K in keyof Host]: Host[K] } = {
    accept: 'accept',
    isMute: false,
    isBad: false,
    server: network.listen(
      address,
      (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (bytes: Buffer) => {
          if (!host.isMute && !socket.destroyed && socket.writable) socket.write(bytes);
        });
      },
      { acceptDelay, segment, window, accept: () => host.accept },
    ),
  };
  return host;
}
