import { Subject, Subscription } from 'rxjs';
import type { Asker } from '../endpoint/asker.js';
import { dial, type Dialling } from '../endpoint/dial.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Turn } from '../endpoint/turn.js';
import type { Permit } from '../limit/permit.js';
import { Connection } from './connection.js';
import type { Permits } from './permits.js';
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
  readonly core: PoolCore<Connection<S, D>>;
  readonly permits: Permits | undefined;
  readonly handlers: SlotHandlers<S, D> | undefined;
  opened(connection: Connection<S, D>, latency: number): void;
  gone(connection: Connection<S, D>, error: unknown): void;
  /** Every endpoint has given up. */
  gaveUp(error: unknown): void;
}

type Held<S, D> = Slot<Connection<S, D>>;

/** Opens the connections of a pool, each on a turn of its endpoint's gate and, where there is a budget, with its permit. */
export class Dialler<S, D> {
  private readonly members: readonly Member<S, D>[];
  private stopWatching: readonly (() => void)[] = [];
  /** How to give up those under way. */
  private readonly attempts = new Map<Held<S, D>, Subject<void>>();

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
    const { endpoint, dialling, turn, permit } = this.member(slot.endpoint.index);
    if (turn === undefined) return;
    const { core, handlers } = this.owner;
    const { transport } = dialling;
    const life = new Subscription();
    const giveUp = new Subject<void>();
    let connection: Connection<S, D> | undefined;
    this.attempts.set(slot, giveUp);
    const adopt = (socket: S): void => handlers?.adopt(slot.index, socket, transport);
    life.add(
      // Whoever waits for a connection keeps the process alive by waiting.
      dial(dialling, turn, { unref: true, giveUp, adopt }).subscribe({
        next: ({ socket, latency }) => {
          this.attempts.delete(slot);
          connection = new Connection(socket, transport, endpoint, slot, core, turn, life, permit);
          this.owner.opened(connection, latency);
        },
        error: (error: unknown) => {
          if (connection === undefined) this.failed(slot, permit, error);
          else this.owner.gone(connection, error);
        },
        complete: () => {
          handlers?.stopReading(slot.index);
          permit?.release();
          core.stock.aborted(slot);
        },
      }),
    );
  }

  /** Gives up the attempt under way on the slot. */
  abort(slot: Held<S, D>): void {
    const giveUp = this.attempts.get(slot);
    this.attempts.delete(slot);
    giveUp?.next();
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

  private failed(slot: Held<S, D>, permit: Permit | undefined, error: unknown): void {
    this.owner.handlers?.stopReading(slot.index);
    permit?.release();
    this.attempts.delete(slot);
    this.owner.core.stock.openFailed(slot, error);
    this.tellExhausted();
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
