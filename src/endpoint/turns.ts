import { Observable } from 'rxjs';
import type { Asker } from './asker.js';
import type { ConnectGate } from './connect-gate.js';
import type { Turn } from './turn.js';

/** Emits one turn of the gate for each subscription, now or when its time comes; errors when the endpoint has given up. */
export function turns(gate: ConnectGate): Observable<Turn> {
  return new Observable<Turn>((subscriber) => {
    // Whoever left while it was told of a failure wants no turn.
    if (subscriber.closed) return;
    const asker: Asker = {
      keepsAlive: true,
      urgent: () => false,
      turn() {
        const turn = gate.take(asker);
        if (turn === undefined) return;
        if (subscriber.closed) {
          gate.abandoned(true);
          return;
        }
        subscriber.next(turn);
        subscriber.complete();
      },
      gaveUp: (error) => {
        subscriber.error(error);
      },
    };
    subscriber.add(() => {
      gate.leave(asker);
    });
    if (gate.exhausted === undefined) asker.turn();
    else subscriber.error(gate.exhausted);
  });
}
