import type { Subscription } from 'rxjs';
import type { Lease } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';

export type SimulatedLease = Lease<SimulatedSocket, Buffer>;

/** How somebody asks for a socket. */
export type Face = 'borrow' | 'available' | 'worker' | 'acquire' | 'tryBorrow' | 'use';

/** What somebody does as soon as there is a lease. */
export type OnGrant = (client: Client, lease: SimulatedLease) => void;

/** Somebody who asks for a socket, gets it or does not, and gives it back. */
export class Client {
  /** `resting` = a worker between two leases; `over` = done, failed or gone. */
  state: 'waiting' | 'holding' | 'resting' | 'over' = 'waiting';
  lease: SimulatedLease | undefined;
  socket: SimulatedSocket | undefined;
  subscription: Subscription | undefined;
  signal: AbortSignal | undefined;
  /** It has left the queue by itself. */
  hasLeft = false;

  constructor(
    readonly face: Face,
    readonly askedAt: number,
    readonly deadline: number,
    readonly onGrant: OnGrant = () => undefined,
  ) {}

  /** Its loan ends by itself, as that of a `use` does. */
  get isRunning(): boolean {
    return this.face === 'use';
  }

  /** Whether its place in the queue is known, and its grant is seen when it happens. */
  get standsInLine(): boolean {
    return this.face !== 'worker' && this.face !== 'acquire';
  }

  get name(): string {
    return `${this.face} asked at ${this.askedAt}`;
  }
}
