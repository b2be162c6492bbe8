import { Both, type Reacting, type RunConfig } from './both.js';
import { same } from './comparison.js';
import type { ModelSlot } from './model-slot.js';
import type { Move } from './move.js';

/** Makes moves on a core and its model: from outside, and from within what the core asks and tells. */
export class Player implements Reacting {
  /** Moves made so far, those from within included. */
  moves = 0;
  private readonly both: Both;
  private pending: Move | undefined;
  private isInterrupting = false;

  constructor(private readonly config: RunConfig) {
    this.both = new Both(config, this);
  }

  get isPending(): boolean {
    return this.pending !== undefined;
  }

  interrupt(): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined) return;
    this.isInterrupting = true;
    this.make(pending);
    this.isInterrupting = false;
  }

  react(moves: readonly Move[]): void {
    for (const move of moves) this.make(move);
  }

  /** Makes a move from outside, after which nothing may be left to do. */
  play(move: Move): void {
    this.make(move);
    if (move.do === 'interrupt') this.pending = move.by;
    this.both.compare();
  }

  /** Closes the pool, brings everything back, and closes everything. */
  finish(): void {
    const { referee, waiters, core, world } = this.both;
    this.pending = undefined;
    world.opens = 'later';
    this.play({ do: 'close' });
    this.play({ do: 'release all' });
    while (referee.in('closing').length > 0) this.play({ do: 'finish', at: 0 });
    const forgotten = waiters.filter(({ isTold, hasLeft }) => !isTold && !hasLeft);
    same([referee.slots.length, forgotten.length], [0, 0], 'slots and waiters that are left');
    const { opened, lost, closed } = core.recorder.totals;
    same(lost + closed + referee.detached, opened, 'connections that have ended');
  }

  /** Whether there is anything for the move to happen to. */
  isPossible(move: Move): boolean {
    const { referee, host, waiters } = this.both;
    switch (move.do) {
      case 'wait':
        return !referee.isClosing;
      case 'close':
        return !referee.isClosing && !this.both.isTrimming;
      case 'cancel':
        // A bare one that is taken for a waiter who leaves meanwhile is put back unseen, and nobody can tell since when it is idle.
        if (this.isInterrupting && new Set(this.config.hooked).size > 1) return false;
        return waiters.some(({ isTold }) => !isTold);
      case 'release':
      case 'destroy':
      case 'detach':
      case 'leak':
      case 'revoke':
      case 'release all':
        return !this.both.isTrimming && referee.in('lent').length > 0;
      case 'borrow':
        return !this.both.isTrimming;
      case 'write':
        return referee.open > 0;
      case 'reset':
        return referee.slots.length > 0;
      case 'allocate':
        return this.config.concurrency === Infinity;
      case 'retire':
      case 'free':
        return !this.both.isTrimming;
      case 'resize':
        return !this.both.isTrimming && !referee.isClosing;
      case 'finish':
      case 'hasten':
        return referee.in('closing').length > 0;
      case 'accept':
      case 'refuse':
        return referee.in('connecting').length > 0;
      case 'lose':
        return !(this.both.isTrimming && move.of === 'lent') && referee.in(move.of).length > 0;
      case 'spoil':
        return referee.in('idle', 'checking').length > 0;
      case 'answer':
        return referee.slots.some(({ check }) => check !== undefined);
      case 'answer anew':
        return host.tickets.length > 0;
      case 'gate':
      case 'give up':
      case 'revive':
        return move.endpoint < this.config.endpoints && !referee.isClosing;
      case 'pass to what is due':
        return referee.nextDue() !== Infinity;
      default:
        return true;
    }
  }

  private make(move: Move): void {
    if (!this.isPossible(move)) return;
    this.moves++;
    if ('at' in move) this.makeAt(move, move.at);
    else this.makeAtOnce(move);
  }

  /** Happens to one of several. */
  private makeAt(move: Extract<Move, { readonly at: number }>, at: number): void {
    const { both } = this;
    const { referee, host, world } = both;
    switch (move.do) {
      case 'cancel': {
        const untold = both.waiters.filter(({ isTold }) => !isTold);
        both.cancel(choose(untold, at));
        break;
      }
      case 'release':
        both.release(this.lent(at), at < 0 ? -1 : at);
        break;
      case 'destroy':
        both.destroy(this.lent(at), at);
        break;
      case 'detach':
        both.detach(this.lent(at));
        break;
      case 'leak':
        both.leak(this.lent(at), at);
        break;
      case 'revoke':
        both.revoke(this.lent(at));
        break;
      case 'reset':
        both.reset(choose(referee.slots, at), move.force, move.isOut);
        break;
      case 'write':
        world.written.set(choose(referee.in('idle', 'lent', 'checking'), at).name, move.bytes);
        break;
      case 'lose':
        both.gone(both.real(move.of === 'lent' ? this.lent(at) : choose(referee.in(move.of), at)));
        break;
      case 'finish':
        both.gone(both.real(choose(referee.in('closing'), at)));
        break;
      case 'hasten':
        both.hasten(choose(referee.in('closing'), at));
        break;
      case 'spoil':
        world.spoilt.add(choose(referee.in('idle', 'checking'), at).name);
        break;
      case 'accept':
        both.accept(both.real(choose(referee.in('connecting'), at)));
        break;
      case 'refuse':
        both.refuse(both.real(choose(referee.in('connecting'), at)), move.givesUp);
        break;
      case 'answer': {
        const checked = referee.slots.filter(({ check }) => check !== undefined);
        const { index, check } = choose(checked, at);
        both.answer(index, check!.ticket, move.ok);
        break;
      }
      case 'answer anew': {
        const { index, ticket } = choose(host.tickets, at);
        both.answer(index, ticket, move.ok);
        break;
      }
    }
  }

  private makeAtOnce(move: Exclude<Move, { readonly at: number }>): void {
    const { both } = this;
    const { referee, world } = both;
    switch (move.do) {
      case 'borrow':
        if (!both.borrow(move.endpoint === undefined ? undefined : move.endpoint % this.config.endpoints))
          both.core.settle();
        break;
      case 'wait':
        both.wait(move);
        break;
      case 'release all':
        for (const slot of referee.in('lent'))
          while (slot.state === 'lent' && slot.loans.length > 0) both.release(slot);
        break;
      case 'pass':
        both.passTo(world.now + move.ms);
        break;
      case 'pass to what is due':
        both.passTo(Math.max(world.now, referee.nextDue()));
        break;
      case 'oversleep':
        world.now += move.ms;
        break;
      case 'tick':
        both.tick();
        break;
      case 'gate':
        world.set(move.endpoint, move.isFailing, move.turns);
        both.called(move.endpoint);
        break;
      case 'give up':
        world.giveUp(move.endpoint);
        both.core.settle();
        break;
      case 'revive':
        world.revive(move.endpoint);
        both.called(move.endpoint);
        break;
      case 'hooks':
        world.answer = move.answer;
        break;
      case 'opens':
        world.opens = move.how;
        break;
      case 'closes':
        world.closesAtOnce = move.atOnce;
        break;
      case 'retire':
        both.retire();
        break;
      case 'allocate':
        both.allocate();
        break;
      case 'free':
        both.free(move.keep);
        break;
      case 'resize':
        this.resize(move.min, move.max);
        break;
      case 'warm':
        both.warm(move.n);
        break;
      case 'close':
        both.close();
        break;
      case 'interrupt':
        break;
    }
  }

  /** Within what `resize` of a pool allows. */
  private resize(min: number, max: number): void {
    const { endpoints, minPerEndpoint, maxPerEndpoint } = this.config;
    const most = Math.max(max, 1, minPerEndpoint * endpoints);
    this.both.resize(Math.min(min, most, maxPerEndpoint * endpoints), most);
  }

  /** One that is lent; -1 is the latest, if it still is. */
  private lent(at: number): ModelSlot {
    const lent = this.both.referee.in('lent');
    const latest = at < 0 ? lent.find(({ index }) => index === this.both.latest) : undefined;
    return latest ?? choose(lent, Math.abs(at));
  }
}

function choose<T>(from: readonly T[], at: number): T {
  return from[at % from.length]!;
}
