import { createNetwork } from '../../src/testing/create-network.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import type { ContractSocket, World } from './socket-contract.js';

/** Longer than a way through the network, the time in which a socket closes, or a timeout of the tests. */
const LONG = 1_000;
const ADDRESS = 'peer:1';
const REFUSED = 'nobody:1';

/** Sockets of a simulated network, in virtual time. */
export function createSimulatedWorld(): World {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  const unclaimed: ContractSocket[] = [];
  network.listen(ADDRESS, (socket) => unclaimed.push(socket));

  /** Lets what falls due next happen, as often as it takes. */
  async function turnUntil(happened: () => boolean, what: string): Promise<void> {
    const end = clock.now() + LONG;
    while (!happened()) {
      const at = clock.upcoming[0]?.at ?? clock.now();
      if (clock.pending === 0 || at > end) throw new Error(`${what}, and nothing more is to happen`);
      await clock.advanceAsync(Math.max(0, at - clock.now()));
    }
  }

  return {
    dial: () => network.connect(ADDRESS),
    async accepted() {
      await turnUntil(() => unclaimed.length > 0, 'no connection was made');
      return unclaimed.shift()!;
    },
    refusedAddress: REFUSED,
    dialRefused: () => network.connect(REFUSED),
    async until(socket, event) {
      let came: unknown[] | undefined;
      socket.once(event, (...values: unknown[]) => (came = values));
      await turnUntil(() => came !== undefined, `no '${event}' came, the socket is ${socket.readyState}`);
      return came!;
    },
    quiet: () => clock.advanceAsync(LONG),
    uncaught: () =>
      clock.advanceAsync(LONG).then(
        () => undefined,
        (error: unknown) => error,
      ),
  };
}
