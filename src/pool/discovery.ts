import { endWith, from, retry, Subscription, type Observable, type ObservableInput } from 'rxjs';
import { exponentialBackoff, type Backoff } from '../endpoint/backoff.js';
import type { Clock } from '../endpoint/clock.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import { pause } from '../endpoint/pause.js';
import type { EventQueue } from './event-queue.js';
import type { PooledEndpoint } from './pooled-endpoint.js';

/** Where a pool's endpoints come from. */
export interface EndpointSource<A, S, D> {
  readonly lists: ObservableInput<readonly A[]>;
  /** What a list names, as an endpoint. @throws TypeError or RangeError if it is none. */
  toEndpoint(one: A): Endpoint<S, D>;
}

/** The pool that has them. */
export interface DiscoveryOwner<S, D, C> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: EventQueue;
  /** @param startsSlowly the pool has had others before */
  add(endpoint: Endpoint<S, D>, startsSlowly: boolean): PooledEndpoint<C>;
  /** It has another share beside others now, or belongs to another group. */
  reweigh(pooled: PooledEndpoint<C>, weight: number, priority: number): void;
  remove(pooled: PooledEndpoint<C>): void;
}

/** What a list names at one address; with the endpoint where it is not what the list before has held. */
interface Named<A, S, D> {
  readonly one: A;
  readonly endpoint: Endpoint<S, D> | undefined;
}

/**
 * Keeps a pool's endpoints as a source lists them: what is new is added, what is no longer named is removed, and what has the same address
 * stays as it is. A source that fails is asked again, with backoff; then, and when it completes, or sends what is no list, what is known stays.
 */
export class Discovery<A, S, D, C> {
  /** Why nothing better is known, since the latest list. */
  error: unknown;
  /** By address. */
  private readonly known = new Map<string, PooledEndpoint<C>>();
  /** What the latest list held, each with its address. */
  private readonly given = new Map<A, string>();
  private readonly backoff: Backoff = exponentialBackoff();
  private readonly subscription = new Subscription();
  /** There has been a list that named something. */
  private isKnown = false;
  private refusal: TypeError | undefined;

  constructor(
    private readonly source: EndpointSource<A, S, D>,
    private readonly owner: DiscoveryOwner<S, D, C>,
    /** Hears that something of the above has happened, or that the source has failed. */
    private readonly changed: () => void,
  ) {}

  /** @throws TypeError if it is at once clear that this is no source of lists */
  start(): void {
    this.subscription.add(
      from(this.source.lists)
        .pipe(retry({ delay: (error, failures) => this.failed(error, failures), resetOnSuccess: true }))
        .subscribe((list: unknown) => {
          // One that sends within the subscribe may go on when it has been left.
          if (this.subscription.closed) return;
          if (Array.isArray(list)) this.take(list as readonly A[]);
          else this.refuse();
        }),
    );
    if (this.refusal !== undefined) throw this.refusal;
  }

  stop(): void {
    this.subscription.unsubscribe();
  }

  /** It may be the events of an endpoint, and then this is a connection that nobody uses. */
  private refuse(): void {
    this.refusal = new TypeError(
      'createPool: a source of endpoints must send arrays of them; to use one endpoint, pass the endpoint itself, without pipe',
    );
    this.stop();
    this.tell(this.refusal);
  }

  private take(list: readonly A[]): void {
    const named = new Map<string, Named<A, S, D>>();
    try {
      for (const one of list) {
        // Most of a list is mostly as it was.
        const endpoint = this.given.has(one) ? undefined : this.source.toEndpoint(one);
        const address = endpoint?.address ?? this.given.get(one);
        if (address !== undefined && !named.has(address)) named.set(address, { one, endpoint });
      }
    } catch (error) {
      this.tell(error);
      return;
    }
    this.error = undefined;
    this.given.clear();
    for (const [address, pooled] of this.known) {
      if (named.has(address)) continue;
      this.known.delete(address);
      this.owner.events.tellOf('removed', address);
      this.owner.remove(pooled);
    }
    for (const [address, { one, endpoint }] of named) {
      this.given.set(one, address);
      if (endpoint !== undefined) this.name(endpoint);
    }
    this.isKnown ||= named.size > 0;
    this.changed();
  }

  private name(endpoint: Endpoint<S, D>): void {
    const { weight = 1, priority = 0 } = endpoint[endpointBrand].transport;
    const pooled = this.known.get(endpoint.address);
    if (pooled === undefined) {
      this.owner.events.tellOf('added', endpoint.address);
      this.known.set(endpoint.address, this.owner.add(endpoint, this.isKnown));
    } else if (pooled.share !== weight || pooled.priority !== priority) {
      this.owner.reweigh(pooled, weight, priority);
    }
  }

  /** When to ask again. */
  private failed(error: unknown, failures: number): Observable<unknown> {
    const { clock, random } = this.owner;
    this.tell(error);
    // At least one turn of the event loop, whatever the jitter says.
    return pause(clock, Math.max(1, this.backoff.duration(failures, random))).pipe(endWith(undefined));
  }

  private tell(error: unknown): void {
    this.error = error;
    this.owner.events.trouble('discoveryFailed', error);
    this.changed();
  }
}
