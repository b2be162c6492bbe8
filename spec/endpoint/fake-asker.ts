import type { Asker } from '../../src/endpoint/asker.js';
import type { ConnectGate } from '../../src/endpoint/connect-gate.js';
import type { Turn } from '../../src/endpoint/turn.js';

/** Somebody at a gate: takes each turn it is offered, as long as it wants one. */
export class FakeAsker implements Asker {
  keepsAlive = false;
  wantsTurn = true;
  isUrgent = false;
  calls = 0;
  readonly turns: Turn[] = [];
  readonly errors: unknown[] = [];

  constructor(private readonly gate: ConnectGate) {}

  urgent(): boolean {
    return this.isUrgent;
  }

  ask(): Turn | undefined {
    const turn = this.gate.take(this);
    if (turn !== undefined) this.turns.push(turn);
    return turn;
  }

  turn(): void {
    this.calls++;
    if (this.wantsTurn) this.ask();
  }

  gaveUp(error: unknown): void {
    this.errors.push(error);
  }
}
