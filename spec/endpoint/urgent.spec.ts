import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConnectGate } from '../../src/endpoint/connect-gate.js';
import { endpointBrand } from '../../src/endpoint/endpoint.js';
import type { RetryConfig } from '../../src/endpoint/retry-config.js';
import { FakeAsker } from './fake-asker.js';
import { fakeEndpoint } from './fake-endpoint.js';
import type { VirtualClock } from '../../src/testing/virtual-clock.js';

const REFUSED = new Error('refused');

/** A gate whose first attempt has just failed. */
function gateDown(retry: RetryConfig): { gate: ConnectGate; clock: VirtualClock } {
  const { connection, clock } = fakeEndpoint({ retry });
  const { gate } = connection[endpointBrand];
  gate.failed(new FakeAsker(gate).ask()!, REFUSED);
  return { gate, clock };
}

describe('retry.urgentMax', () => {
  it('is 1 s by default: a borrower does not wait out a longer delay', () => {
    const { gate, clock } = gateDown({ delay: 30_000 });
    const asker = new FakeAsker(gate);
    asker.isUrgent = true;
    asker.ask();
    clock.advance(999);
    expect(asker.turns).toHaveLength(0);
    clock.advance(1);

    expect(asker.turns).toHaveLength(1);
  });

  it('does not hurry those who wait without a borrower', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 50 });
    const asker = new FakeAsker(gate);
    asker.ask();
    clock.advance(29_999);
    expect(asker.turns).toHaveLength(0);
    clock.advance(1);

    expect(asker.turns).toHaveLength(1);
  });

  it('does not make a shorter delay longer', () => {
    const { gate, clock } = gateDown({ delay: 20, urgentMax: 50 });
    const asker = new FakeAsker(gate);
    asker.isUrgent = true;
    asker.ask();
    clock.advance(20);

    expect(asker.turns).toHaveLength(1);
  });

  it('counts from the failure, also for a borrower who comes later', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    clock.advance(400);
    const asker = new FakeAsker(gate);
    asker.isUrgent = true;
    asker.ask();
    clock.advance(99);
    expect(asker.turns).toHaveLength(0);
    clock.advance(1);
    expect(asker.turns).toHaveLength(1);
  });

  it('gives a turn at once to a borrower who comes when it has passed', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    clock.advance(501);
    const asker = new FakeAsker(gate);
    asker.isUrgent = true;

    expect(asker.ask()).toBeDefined();
  });

  it('hurries an asker who becomes urgent while it waits and asks again', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    const asker = new FakeAsker(gate);
    asker.ask();
    clock.advance(100);
    asker.isUrgent = true;
    asker.ask();
    clock.advance(400);

    expect(asker.turns).toHaveLength(1);
  });

  it('serves the urgent one and leaves those in no hurry at their places', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    const [first, urgent, last] = [new FakeAsker(gate), new FakeAsker(gate), new FakeAsker(gate)];
    urgent.isUrgent = true;
    for (const asker of [first, urgent, last]) asker.ask();
    clock.advance(500);
    expect([first, urgent, last].map(({ turns }) => turns.length)).toEqual([0, 1, 0]);
    gate.failed(urgent.turns[0]!, REFUSED);
    clock.advance(30_000);

    expect([first, urgent, last].map(({ turns }) => turns.length)).toEqual([1, 1, 0]);
  });

  it('does not make the gate busy for those in no hurry after the urgent one has left', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    const [first, urgent, last] = [new FakeAsker(gate), new FakeAsker(gate), new FakeAsker(gate)];
    urgent.isUrgent = true;
    for (const asker of [first, urgent, last]) asker.ask();
    gate.leave(urgent);
    clock.advance(1_000);

    expect(first.calls + last.calls).toBeLessThanOrEqual(2);
    expect(first.turns).toHaveLength(0);
  });

  it('does not make the gate busy when the urgent one is urgent no longer', () => {
    const { gate, clock } = gateDown({ delay: 30_000, urgentMax: 500 });
    const [asker, other] = [new FakeAsker(gate), new FakeAsker(gate)];
    asker.isUrgent = true;
    asker.ask();
    other.ask();
    asker.isUrgent = false;
    clock.advance(1_000);

    expect(asker.calls + other.calls).toBeLessThanOrEqual(2);
  });

  it('ends a delay that is a notifier: what the notifier says after the success counts no more', () => {
    const notifier = new Subject<void>();
    const { gate, clock } = gateDown({ delay: () => notifier, urgentMax: 500 });
    const asker = new FakeAsker(gate);
    asker.isUrgent = true;
    asker.ask();
    clock.advance(500);
    gate.connected(asker.turns[0]!);
    notifier.error(new Error('no more retries'));

    expect(gate.exhausted).toBeUndefined();
    expect(gate.status.state).toBe('up');
  });
});

describe('an asker', () => {
  it('that declines its turn lets the next one have it', () => {
    const { gate, clock } = gateDown({ delay: 100 });
    const [first, second] = [new FakeAsker(gate), new FakeAsker(gate)];
    first.ask();
    second.ask();
    first.wantsTurn = false;
    clock.advance(100);

    expect(first.turns).toHaveLength(0);
    expect(second.turns).toHaveLength(1);
  });

  it('that holds no process alive has its timer unref-ed, until one stands in line that does', () => {
    const { gate, clock } = gateDown({ delay: 100 });
    new FakeAsker(gate).ask();
    expect([clock.pending, clock.keepsAlive]).toEqual([1, false]);
    const other = new FakeAsker(gate);
    other.keepsAlive = true;
    other.ask();
    expect([clock.pending, clock.keepsAlive]).toEqual([1, true]);
    gate.leave(other);
    expect([clock.pending, clock.keepsAlive]).toEqual([1, false]);
  });

  it('is told once when the gate gives up', () => {
    const { connection } = fakeEndpoint({ maxConnecting: 1, retry: { count: 0 } });
    const { gate } = connection[endpointBrand];
    const [dialling, waiting] = [new FakeAsker(gate), new FakeAsker(gate)];
    const turn = dialling.ask()!;
    waiting.ask();
    gate.failed(turn, REFUSED);

    expect(waiting.errors).toEqual([gate.exhausted]);
    expect(waiting.turns).toHaveLength(0);
  });
});
