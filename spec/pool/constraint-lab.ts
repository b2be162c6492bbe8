import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { FULL_DELAY, record, type FakeLease, type FakePool, type Recording } from './pool-lab.js';

/** A pool over several addresses. Those that are `down` refuse, the others accept at once. */
export class Sites {
  readonly clock = new VirtualClock();
  readonly down = new Set<string>();
  readonly pool: FakePool;
  readonly transports: readonly FakeTransport[];

  constructor(addresses: readonly string[], config: PoolConfig<FakeSocket> = {}) {
    this.transports = addresses.map((address) => fakeTransport(address));
    for (const transport of this.transports) {
      transport.onOpen = (attempt) => {
        if (this.down.has(transport.address)) attempt.refuse(new Error(`${transport.address} is down`));
        else attempt.accept();
      };
    }
    this.pool = createPool(this.transports, { clock: this.clock, random: FULL_DELAY, ...config });
  }

  /** A borrow of one address, or of any. */
  ask(endpoint?: string): Recording<FakeLease> {
    return record(this.pool.borrow(endpoint === undefined ? {} : { endpoint }));
  }

  /** A lease that must be there at once. */
  now(endpoint?: string): FakeLease {
    return this.ask(endpoint).only;
  }

  /** Open connections by address. */
  get open(): Record<string, number> {
    return Object.fromEntries(this.pool.endpoints.map(({ address, open }) => [address, open]));
  }
}
