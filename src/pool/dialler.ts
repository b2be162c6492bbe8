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
}

type Held<S, D> = Slot<Connection<S, D>>;

/** Opens the connections of a pool, each on a turn of its endpoint's gate and, where there is a budget, with its permit. */
export class Dialler<S, D> implements ConnectionOwner<S, D> {
  private readonly members: readonly Member<S, D>[];
  private stopWatching: readonly (() => void)[] = [];
  /** Those under way. */
  private readonly attempts = new Map<Held<S, D>, Attempt<S, D>>();

  constructor(
    endpoints: readonly Endpoint<S, D>[],
    private readonly owner: DiallerOwner<S, D>,
  ) {
    this.members = endpoints.map((endpoint, index) => ({
      endpoint,
      dialling: endpoint[endpointBrand],
      asker: this.asker(index),
      turn: undefined,
      permit: undefined,
    }));
  }

  get core(): PoolCore<Connection<S, D>> {
    return this.owner.core;
  }

  get asyncContext(): (() => Within) | undefined {
    return this.owner.asyncContext;
  }

  /** Calls back, later, when an endpoint's status has changed: whoever waits for a permit does not stand in the line of its gate. */
  watch(changed: () => void): void {
    this.stopWatching = this.members.map(({ dialling: { gate, clock } }) =>
      gate.watch(() => {
        clock.defer(changed);
      }),
    );
  }

  failing({ index }: PooledEndpoint<Connection<S, D>>): boolean {
    return this.member(index).dialling.gate.failing;
  }

  down({ index }: PooledEndpoint<Connection<S, D>>): boolean {
    return this.member(index).dialling.gate.down;
  }

  /** Takes a turn, and a permit, to be used by `open`. */
  turn(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    const member = this.member(endpoint.index);
    const { permits, core } = this.owner;
    const { gate } = member.dialling;
    const isUrgent = core.isWanted(endpoint);
    if (permits?.canAsk(isUrgent) === false) return false;
    member.turn = gate.take(member.asker);
    if (member.turn === undefined) return false;
    // Asked for last: an idle connection of another pool may be closed for it.
    member.permit = permits?.take(isUrgent);
    // Whoever watches the status may have closed the pool just now.
    if (!core.stock.closing && (permits === undefined || member.permit !== undefined)) return true;
    member.permit?.release();
    gate.abandoned();
    return false;
  }

  open(slot: Held<S, D>): void {
    const { endpoint, turn, permit } = this.member(slot.endpoint.index);
    if (turn === undefined) return;
    const connection = new Connection(this, endpoint, slot, turn, permit);
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
    connection.lose(this.core.stock.closing ? new PoolClosedError(this.owner.name) : undefined);
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
  exhausted(index?: number): unknown {
    const members = index === undefined ? this.members : [this.member(index)];
    const errors = members.map(({ dialling }) => dialling.gate.exhausted);
    return errors.includes(undefined) ? undefined : errors.at(-1);
  }

  /** Asks for nothing any more. */
  stop(): void {
    for (const stop of this.stopWatching) stop();
    for (const { dialling, asker } of this.members) dialling.gate.leave(asker);
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

  private asker(index: number): Asker {
    return {
      keepsAlive: false,
      urgent: () => this.owner.core.waiting > 0,
      turn: () => {
        const { core } = this.owner;
        core.called(core.stock.table.endpoints[index]);
      },
      gaveUp: () => {
        this.tellExhausted();
        this.owner.core.settle();
      },
    };
  }

  private member(index: number): Member<S, D> {
    return this.members[index] as Member<S, D>;
  }
}

/** What a handler is told of a connection that the pool has given up itself. */
function closedBy<S, D>({ transport, slot }: Connection<S, D>): ConnectionLostError {
  return new ConnectionLostError(transport.address, slot.state.name === 'closing' ? slot.reason : 'detached');
}
