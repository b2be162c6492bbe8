import { describe, expect, it } from 'vitest';
import type { ConnectGate } from '../../src/endpoint/connect-gate.js';
import { endpointBrand, type EndpointConfig } from '../../src/endpoint/endpoint.js';
import type { VirtualClock } from '../../src/testing/virtual-clock.js';
import { FakeAsker } from './fake-asker.js';
import { fakeEndpoint } from './fake-endpoint.js';
import type { FakeSocket } from './fake-transport.js';

const REFUSED = new Error('refused');

/** An asker that does something of its own when it is called. */
class ActingAsker extends FakeAsker {
  act: () => void = () => {};

  override turn(): void {
    this.act();
    super.turn();
  }
}

function gateOf(config: Omit<EndpointConfig<FakeSocket>, 'clock'>): { gate: ConnectGate; clock: VirtualClock } {
  const { connection, clock } = fakeEndpoint(config);
  return { gate: connection[endpointBrand].gate, clock };
}

const askers = (gate: ConnectGate, count: number): ActingAsker[] =>
  Array.from({ length: count }, () => new ActingAsker(gate));

describe('an asker whose turn it is', () => {
  it('keeps it although it causes another round before it takes it', () => {
    const { gate } = gateOf({ maxConnecting: 1 });
    const [holder, first, second] = askers(gate, 3);
    for (const asker of [holder, first, second]) asker!.ask();
    first!.act = () => {
      gate.retryNow();
    };
    gate.abandoned();
    expect([first!.turns.length, second!.turns.length]).toEqual([1, 0]);
  });

  it('stands in line again where the endpoint goes down before it takes it', () => {
    const { gate, clock } = gateOf({ maxConnecting: 3, retry: { delay: 100 } });
    const [one, two, three, called] = askers(gate, 4);
    for (const asker of [one, two, three, called]) asker!.ask();
    called!.act = () => {
      called!.act = () => {};
      gate.failed(two!.turns[0]!, REFUSED);
    };
    gate.abandoned();
    expect(called).toMatchObject({ calls: 1, turns: [] });
    gate.abandoned();
    clock.advance(100);
    expect(called!.turns).toHaveLength(1);
  });
});

describe('a round of the line', () => {
  it('serves whoever joins during it, as long as turns are free', () => {
    const { gate, clock } = gateOf({ retry: { delay: 60_000, urgentMax: 60_000, resetAfter: 1_000 } });
    const [prober, first, second, newcomer] = askers(gate, 4);
    gate.failed(prober!.ask()!, REFUSED);
    gate.retryNow();
    clock.advance(1);
    gate.connected(prober!.ask()!);
    first!.ask();
    second!.ask();
    first!.act = () => {
      newcomer!.ask();
    };
    expect(first!.turns).toHaveLength(0);
    clock.advance(1_000);
    gate.closed(prober!.turns[1]!);
    expect([first, second, newcomer].map((asker) => asker!.turns.length)).toEqual([1, 1, 1]);
  });

  it('calls nobody twice who declines, even where they put each other back in line', () => {
    const { gate } = gateOf({ maxConnecting: 1 });
    const [holder, ...three] = askers(gate, 4);
    holder!.ask();
    for (const [at, asker] of three.entries()) {
      asker.ask();
      asker.wantsTurn = false;
      asker.act = () => {
        // Not the next in line, so that it gets no turn by asking.
        gate.take(three[(at + 2) % 3]!);
      };
    }
    gate.abandoned();
    expect(three.map(({ calls }) => calls)).toEqual([1, 1, 1]);
  });
});

describe('giving up', () => {
  it('is not told to those who come behind one that revives the endpoint', () => {
    const { gate } = gateOf({ maxConnecting: 1, retry: { count: 0 } });
    const [prober, first, second] = askers(gate, 3);
    prober!.ask();
    first!.ask();
    second!.ask();
    first!.gaveUp = () => {
      gate.retryNow();
    };
    gate.failed(prober!.turns[0]!, REFUSED);
    expect(second!.errors).toEqual([]);
  });

  it('leaves no timer to those who stay in line', () => {
    const { gate, clock } = gateOf({ maxConnecting: 1, retry: { count: 1, delay: 100 } });
    const [prober, stays] = askers(gate, 2);
    prober!.ask();
    stays!.wantsTurn = false;
    for (let i = 0; i < 2; i++) {
      gate.failed(prober!.turns.at(-1)!, REFUSED);
      if (i === 0) prober!.ask();
      clock.advance(100);
    }
    stays!.ask();
    expect(gate.status.state).toBe('failed');
    expect(clock.pending).toBe(0);
  });
});

describe('the age of a connection', () => {
  it('from before the latest failure proves nothing', () => {
    const { gate, clock } = gateOf({ retry: { delay: 100, resetAfter: 5_000 } });
    const [asker] = askers(gate, 1);
    gate.failed(asker!.ask()!, REFUSED);
    asker!.ask();
    clock.advance(100);
    gate.connected(asker!.turns[1]!);
    asker!.ask();
    clock.advance(100);
    gate.failed(asker!.turns[2]!, REFUSED);
    clock.advance(60_000);
    expect(gate.status).toMatchObject({ state: 'up', error: REFUSED });
    expect(gate.failing).toBe(true);
  });
});
