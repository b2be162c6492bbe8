import type { ConnectionHandler } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import type { Random } from '../pool/random.js';
import { rule, type Breaches } from './breach.js';
import { IntendedError } from './intended-error.js';
import type { Settings } from './settings.js';

/** Handlers of slots, each of which hears of one connection after the other. */
export class HandlerWatch {
  /** How many connections the handlers take for open. */
  open = 0;
  private readonly endpoints: string[] = [];

  constructor(
    private readonly mood: Settings['handler'],
    private readonly random: Random,
    private readonly breaches: Breaches,
  ) {}

  make(slot: number, endpoint: string): ConnectionHandler<SimulatedSocket, Buffer> {
    const before = this.endpoints[slot];
    this.breaches.guard(() => rule(before !== endpoint, 'one handler is made for each slot at each endpoint'));
    this.endpoints[slot] = endpoint;
    let isFirst = true;
    let isUp = false;
    const up = (isConnect: boolean): void => {
      this.breaches.guard(() => {
        rule(isConnect === isFirst, 'a handler hears of its first connection as the first');
        rule(!isUp, 'a handler hears of one connection at a time');
      });
      isFirst = false;
      isUp = true;
      this.open++;
      this.mayThrow();
    };
    return {
      onConnect: () => up(true),
      onReconnect: () => up(false),
      onReset: () => {
        this.breaches.guard(() => rule(isUp, 'a handler hears of each loss once'));
        isUp = false;
        this.open--;
        this.mayThrow();
      },
      ...(this.mood === 'reads' && { onData: () => undefined }),
    };
  }

  private mayThrow(): void {
    if (this.mood === 'throws' && this.random.next() < 0.3) throw new IntendedError('the handler has thrown');
  }
}
