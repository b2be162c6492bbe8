import type { ObservableInput } from 'rxjs';
import type { Clock } from './clock.js';
import type { ConnectGate } from './connect-gate.js';
import type { Transport } from './transport.js';

/** What an attempt needs to know of its endpoint. */
export interface Dialling<S, D> {
  readonly transport: Transport<S, D>;
  readonly gate: ConnectGate;
  readonly clock: Clock;
  prepare?(socket: S, transport: Transport<S, D>): ObservableInput<unknown> | undefined;
  readonly hookTimeout: number;
}
