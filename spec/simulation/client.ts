import type { Subscription } from 'rxjs';
import type { BorrowConfig, Lease } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';

export type SimulatedLease = Lease<SimulatedSocket, Buffer>;

/** How somebody asks for a socket. */
export type Face = 'borrow' | 'available' | 'worker' | 'acquire' | 'tryBorrow' | 'use' | 'allocate';

/** What somebody does as soon as there is a lease. */
export type OnGrant = (client: Client, lease: SimulatedLease) => void;

/** Somebody who asks for a socket, gets it or does not, and gives it back. */
export class Client {
  /** `resting` = a worker between two leases; `over` = done, failed or gone. */
  state: 'waiting' | 'holding' | 'resting' | 'over' = 'waiting';
  /** It has not heard yet whether there is something for it at once. */
  isAsking = true;
  lease: SimulatedLease | undefined;
  socket: SimulatedSocket | undefined;
  grantedAt = 0;
  subscription: Subscription | undefined;
  readonly signal: AbortSignal | undefined;
  readonly label: string | undefined;
  /** The address that it wants. */
  readonly endpoint: string | undefined;
  private readonly priority: number;
  /** The client for whom it asks. */
  readonly key: string;
  /** It waits for leave of a limit, and not for a connection. */
  isParked = false;
  /** Its key says which endpoint it is to have. */
  isLocated = false;
  /** It has left the queue by itself. */
  hasLeft = false;

  constructor(
    readonly face: Face,
    /** The place in the order of asking. */
    public number: number,
    readonly askedAt: number,
    readonly deadline: number,
    { signal, label, priority = 0, endpoint, key = '' }: BorrowConfig = {},
    readonly onGrant: OnGrant = () => undefined,
  ) {
    this.signal = signal;
    this.label = label;
    this.priority = priority;
    this.key = key;
    this.endpoint = typeof endpoint === 'object' ? endpoint.address : endpoint;
  }

  /** Its loan ends by itself, as that of a `use` does. */
  get isRunning(): boolean {
    return this.face === 'use';
  }

  /** Whether its place in the queue is known, and its grant is seen when it happens. */
  get standsInLine(): boolean {
    return this.face !== 'worker' && this.face !== 'acquire';
  }

  /** Whether any endpoint would do. */
  get takesAny(): boolean {
    return this.endpoint === undefined && !this.isLocated;
  }

  /** Whether a connection to the address would do. */
  takes(address: string): boolean {
    return this.endpoint === undefined || this.endpoint === address;
  }

  /** Whether it is to be served first, where the same connection would do for both. Who is served at once has not stood in line. */
  goesBefore(other: Client): boolean {
    if (other.isAsking && other.number < this.number) return false;
    return this.priority > other.priority || (this.priority === other.priority && this.number < other.number);
  }

  get name(): string {
    return `${this.face} asked at ${this.askedAt}`;
  }
}
