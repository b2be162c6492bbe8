import { finalize, merge, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { AcquireTimeoutError, createPool } from 'rxpool';
import { createNetwork, logNormal, type Latency, type SimulatedServer, type SimulatedSocket } from 'rxpool/testing';
import { expect, it } from 'vitest';
import { Quotes } from './quotes.js';

/** What a question has come to, and after how many ms. */
interface Outcome {
  readonly price?: number;
  readonly error?: unknown;
  readonly after: number;
}

interface World {
  readonly quotes: Quotes;
  readonly server: SimulatedServer;
  /** Does something so many ms after the start. */
  at(ms: number, act: () => void): void;
}

interface Circumstances {
  readonly latency?: Latency;
  /** What the server does when it is asked. */
  readonly answer?: (socket: SimulatedSocket) => void;
}

function quote(socket: SimulatedSocket): void {
  socket.write('1.0823\n');
}

/** Asks, and runs to the end in virtual time, which is that of the network, of the pool and of RxJS's operators alike. */
function outcomesOf(ask: (world: World) => Observable<number>, circumstances: Circumstances = {}): Outcome[] {
  const { latency = 5, answer = quote } = circumstances;
  const outcomes: Outcome[] = [];
  const time = new TestScheduler(() => undefined); // nothing here is compared in marbles
  time.run(({ flush }) => {
    const network = createNetwork({ clock: time, latency });
    const server = network.listen('quotes:7000', (socket) => {
      socket.on('error', () => undefined); // a client may be gone at any time
      socket.on('data', () => answer(socket));
    });
    const pool = createPool(network.tcp('quotes:7000'), {
      clock: time,
      random: network.random,
      acquireTimeout: 15_000,
    });
    const world = {
      quotes: new Quotes(pool),
      server,
      at: (ms: number, act: () => void) => void network.clock.set(ms, act),
    };
    ask(world)
      .pipe(finalize(() => void pool.close())) // it would look for a server that is gone for ever
      .subscribe({
        next: (price) => outcomes.push({ price, after: time.now() }),
        error: (error: unknown) => outcomes.push({ error, after: time.now() }),
      });
    flush();
    expect(network.sockets.size).toBe(0); // nothing is left behind
  });
  return outcomes;
}

it('answers after two trips there and back: one to connect, one to ask', () => {
  expect(outcomesOf(({ quotes }) => quotes.price('EURUSD'))).toEqual([{ price: 1.0823, after: 20 }]);
});

it('asks again when the server resets the connection in the middle of an answer', () => {
  let asked = 0;
  const answer = (socket: SimulatedSocket): void => {
    if (++asked > 1) quote(socket);
    else {
      socket.write('1.0');
      socket.resetAndDestroy();
    }
  };
  const outcomes = outcomesOf(({ quotes }) => quotes.price('EURUSD'), { answer });
  expect(outcomes).toEqual([{ price: 1.0823, after: 20 + 100 + 20 }]);
});

it('waits for a server that is away for ten seconds', () => {
  const [outcome] = outcomesOf(({ quotes, server, at }) => {
    server.close();
    at(10_000, () => server.listen());
    return quotes.price('EURUSD');
  });
  expect(outcome!.price).toBe(1.0823);
  expect(outcome!.after).toBeGreaterThan(10_000);
  expect(outcome!.after).toBeLessThan(11_100); // while somebody waits, the pool looks once a second
});

it('is answered once the network is back that has swallowed everything for three seconds', () => {
  const [outcome] = outcomesOf(({ quotes, server, at }) => {
    at(12, () => server.partition()); // the question is on its way
    at(3_000, () => server.heal());
    return quotes.price('EURUSD');
  });
  expect(outcome!.price).toBe(1.0823);
  expect(outcome!.after).toBeLessThan(3_100);
});

it('gives up in a time that can be told when the machine is gone for good', () => {
  const [outcome] = outcomesOf(({ quotes, server }) => {
    server.crash();
    return quotes.price('EURUSD');
  });
  expect(outcome!.error).toBeInstanceOf(AcquireTimeoutError);
  expect(outcome!.after).toBe(5 * 15_000 + 100 + 200 + 400 + 800);
});

it('answers everybody on a slow network', () => {
  const ask = ({ quotes }: World): Observable<number> =>
    merge(...Array.from({ length: 100 }, () => quotes.price('EURUSD')));
  const outcomes = outcomesOf(ask, { latency: logNormal(40, 1) });
  expect(outcomes.map(({ price }) => price)).toEqual(Array.from({ length: 100 }, () => 1.0823));
});
