import type { Asker } from '../endpoint/asker.js';
import type { Attempt } from '../endpoint/attempt.js';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { Dialling } from '../endpoint/dialling.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Turn } from '../endpoint/turn.js';
import type { Permit } from '../limit/permit.js';
import { Connection, type ConnectionOwner } from './connection.js';
import type { Hooks } from './hooks.js';
import type { Within } from './in-context.js';
import type { Permits } from './permits.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { PoolCore } from './pool-core.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotHandlers } from './slot-handlers.js';
import type { Slot } from './slot.js';

/** One endpoint, as it is dialled. */
interface Member<S, D> {
  readonly endpoint: Endpoint<S, D>;
  /** Ends the watch over its status. */
  readonly unwatch: () => void;
  readonly dialling: Dialling<S, D>;
  readonly asker: Asker;
  /** Taken, to be used by the next `open`. */
  turn: Turn | undefined;
  permit: Permit | undefined;
}

export interface DiallerOwner<S, D> {
  readonly name: string;
  readonly core: PoolCore<Connection<S, D>>;
  readonly hooks: Hooks<S, D>;
  readonly permits: Permits | undefined;
  readonly handlers: SlotHandlers<S, D> | undefined;
  readonly asyncContext: (() => Within) | undefined;
  /** Every endpoint has given up. */
  gaveUp(error: unknown): void;
  /** An endpoint's status has changed, some time ago. */
  changed(): void;
}

type Held<S, D> = Slot<Connection<S, D>>;

/** Opens the connections of a pool, each on a turn of its endpoint's gate and, where there is a budget, with its permit. */
export class Dialler<S, D> implements ConnectionOwner<S, D> {
  /** Those that the pool has now. */
  readonly members: Map<PooledEndpoint<Connection<S, D>>, Member<S, D>> = new Map();
  /** Those under way. */
  private readonly attempts = new Map<Held<S, D>, Attempt<S, D>>();

  constructor(private readonly owner: DiallerOwner<S, D>) {}

  get core(): PoolCore<Connection<S, D>> {
    return this.owner.core;
  }

  get asyncContext(): (() => Within) | undefined {
    return this.owner.asyncContext;
  }

  add(pooled: PooledEndpoint<Connection<S, D>>, endpoint: Endpoint<S, D>): void {
    const dialling = endpoint[endpointBrand];
    const { gate, clock } = dialling;
    const unwatch = gate.watch(() => {
      this.core.judge.statusChanged(pooled, gate.status.state);
      // Whoever waits for a permit does not stand in the line of its gate.
      if (this.owner.permits !== undefined) clock.defer(() => this.owner.changed());
    });
    this.core.judge.statusChanged(pooled, gate.status.state);
    const asker = this.asker(pooled);
    this.members.set(pooled, { endpoint, dialling, unwatch, asker, turn: undefined, permit: undefined });
  }

  remove(pooled: PooledEndpoint<Connection<S, D>>): void {
    const member = this.members.get(pooled);
    if (member === undefined) return;
    this.members.delete(pooled);
    this.leave(member);
    this.tellExhausted();
  }

  failing(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    return this.members.get(endpoint)?.dialling.gate.failing === true;
  }

  down(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    return this.members.get(endpoint)?.dialling.gate.down === true;
  }

  /** Takes a turn, and a permit, to be used by `open`. */
  turn(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    const member = this.members.get(endpoint);
    if (member === undefined) return false;
    const { permits, core } = this.owner;
    const { gate } = member.dialling;
    const isUrgent = core.isWanted(endpoint);
    if (permits?.canAsk(isUrgent) === false) return false;
    member.turn = gate.take(member.asker);
    if (member.turn === undefined) return false;
    // Asked for last: an idle connection of another pool may be closed for it.
    member.permit = permits?.take(isUrgent);
    // Whoever watches the status may have closed the pool just now.
    if (!core.stock.isClosing && (permits === undefined || member.permit !== undefined)) return true;
    member.permit?.release();
    gate.abandoned(true);
    return false;
  }

  open(slot: Held<S, D>): void {
    const member = this.members.get(slot.endpoint);
    if (member?.turn === undefined) return;
    const connection = new Connection(this, member.endpoint, slot, member.turn, member.permit);
    this.attempts.set(slot, connection.attempt);
    // Whoever waits for a connection keeps the process alive by waiting.
    connection.attempt.start({ unref: true });
  }

  /** Gives up the attempt under way on the slot. */
  abort(slot: Held<S, D>): void {
    this.attempts.get(slot)?.giveUp();
  }

  adopt({ slot, transport }: Connection<S, D>, socket: S): void {
    this.owner.handlers?.adopt(slot.index, socket, transport);
  }

  opened(connection: Connection<S, D>, latency: number): void {
    const { slot, socket, transport, permit } = connection;
    const { handlers, hooks } = this.owner;
    this.attempts.delete(slot);
    handlers?.connected(slot.index, transport.address, socket, latency);
    const hasHooks = permit !== undefined || hooks.concern(transport);
    this.core.stock.opened(slot, connection, latency, hasHooks, hooks.looksAt(transport));
  }

  close(connection: Connection<S, D>, force: boolean): void {
    connection.attempt.excuse();
    connection.closing?.unsubscribe();
    connection.lose(this.core.stock.isClosing ? new PoolClosedError(this.owner.name) : undefined);
    connection.closing = connection.close(force).subscribe({
      complete: () => {
        connection.end();
        this.gone(connection, undefined);
      },
    });
  }

  gone(connection: Connection<S, D>, error: unknown): void {
    const { handlers } = this.owner;
    connection.closing?.unsubscribe();
    const { owned, slot } = connection;
    connection.owned = false;
    connection.permit?.release();
    if (owned) {
      handlers?.reset(slot.index, slot.state.name === 'closing' ? closedBy(connection) : error);
      this.core.gone(slot, error);
      handlers?.flush();
    }
    connection.end();
    connection.lose(error);
  }

  /** The socket is its borrower's from now on. */
  disown(connection: Connection<S, D>): void {
    const { handlers } = this.owner;
    connection.attempt.excuse();
    connection.owned = false;
    handlers?.reset(connection.slot.index, closedBy(connection));
    handlers?.flush();
  }

  failed(connection: Connection<S, D>, error: unknown): void {
    this.over(connection);
    this.core.stock.openFailed(connection.slot, error);
    this.tellExhausted();
  }

  abandoned(connection: Connection<S, D>): void {
    this.over(connection);
    this.core.stock.aborted(connection.slot);
  }

  /** The error of those who wait once every endpoint, or the one they want, has given up. */
  exhausted(endpoint?: PooledEndpoint<Connection<S, D>>): unknown {
    const members = [...this.members].filter(([one]) => endpoint === undefined || one === endpoint);
    const errors = members.map(([, { dialling }]) => dialling.gate.exhausted);
    return errors.includes(undefined) ? undefined : errors.at(-1);
  }

  /** Asks for nothing any more. */
  stop(): void {
    for (const member of this.members.values()) this.leave(member);
  }

  private leave({ dialling, asker, unwatch }: Member<S, D>): void {
    unwatch();
    dialling.gate.leave(asker);
  }

  /** Nothing came of the attempt. */
  private over({ slot, permit }: Connection<S, D>): void {
    this.owner.handlers?.stopReading(slot.index);
    permit?.release();
    this.attempts.delete(slot);
  }

  private tellExhausted(): void {
    const error = this.exhausted();
    if (error !== undefined) this.owner.gaveUp(error);
  }

  private asker(pooled: PooledEndpoint<Connection<S, D>>): Asker {
    return {
      keepsAlive: false,
      urgent: () => this.owner.core.waiting > 0,
      turn: () => {
        this.owner.core.called(pooled);
      },
      gaveUp: () => {
        this.tellExhausted();
        this.owner.core.settle();
      },
    };
  }
}

/** What a handler is told of a connection that the pool has given up itself. */
function closedBy<S, D>({ transport, slot }: Connection<S, D>): ConnectionLostError {
  return new ConnectionLostError(transport.address, slot.state.name === 'closing' ? slot.reason : 'detached');
}
