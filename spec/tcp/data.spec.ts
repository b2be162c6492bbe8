import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, createPool, endpoint, type Lease } from '../../src/index.js';
import { createNetwork, VirtualClock, type SimulatedServer, type SimulatedSocket } from '../../src/testing/index.js';
import { record } from '../endpoint/record.js';

interface Lab {
  readonly clock: VirtualClock;
  readonly server: SimulatedServer;
  readonly transport: ReturnType<ReturnType<typeof createNetwork>['tcp']>;
}

/** A server that nobody has connected to yet. */
function lab(): Lab {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  const server = network.listen('peer:1', (socket) => socket.on('error', () => undefined));
  return { clock, server, transport: network.tcp('peer:1') };
}

async function lent(): Promise<Lab & { lease: Lease<SimulatedSocket, Buffer> }> {
  const world = lab();
  const pool = createPool(world.transport, { clock: world.clock });
  const { values } = record(pool.borrow());
  await world.clock.advanceAsync(10);
  return { ...world, lease: values[0]! };
}

describe('what a transport reads', () => {
  it('is over for its reader when the connection is lost, after the endpoint has told of the loss', async () => {
    const { clock, server, transport } = lab();
    const told: string[] = [];
    const events = record(endpoint(transport, { clock, retry: { delay: 1_000 } }).lifecycle$, (event) => {
      told.push(event.type);
      if (event.type !== 'connected') return;
      transport.data(event.socket).subscribe({
        next: (data) => told.push(data.toString()),
        error: () => told.push('an error'),
        complete: () => told.push('the end'),
      });
    });
    await clock.advanceAsync(10);
    for (const socket of server.sockets) socket.write('price');
    await clock.advanceAsync(10);
    server.reset();
    await clock.advanceAsync(10);
    events.stop();

    expect(told).toEqual(['connecting', 'connected', 'price', 'reset', 'the end']);
  });

  it('is over for a prepare that waits for an answer when the connection is lost: no promise hangs', async () => {
    const { clock, server, transport } = lab();
    const ends: string[] = [];
    const events = record(
      endpoint(transport, {
        clock,
        prepare: (socket, { data }) => {
          // As a promise would, which nobody can unsubscribe from.
          data(socket).subscribe({ complete: () => ends.push('the end') });
          return new Subject();
        },
      }),
    );
    await clock.advanceAsync(10);
    server.reset();
    await clock.advanceAsync(2);
    events.stop();

    expect(ends).toEqual(['the end']);
    expect(events.values[1]).toMatchObject({ type: 'failed', error: { code: 'RXPOOL_CONNECTION_LOST' } });
  });

  it("is an error to a lease's reader when the connection is lost, and not its end", async () => {
    const { clock, server, lease } = await lent();
    const readers = [record(lease.data$), record(lease.data$)];
    server.reset();
    await clock.advanceAsync(10);

    for (const reader of readers) {
      expect(reader).toMatchObject({ errors: [expect.any(ConnectionLostError)], completed: false });
    }
  });

  it('holds a reader no listener of the socket once it has left, and no more than those of its kind while it reads', async () => {
    const { lease } = await lent();
    const { socket } = lease;
    const count = (): number[] => ['data', 'end', 'close'].map((name) => socket.listenerCount(name));
    const before = count();
    const reader = record(lease.data$);
    expect(count()).toEqual(before.map((one) => one + 1));
    reader.stop();

    expect(count()).toEqual(before);
  });

  it.each(['prepare', 'validate', 'clean'] as const)(
    'can be read in %s by the transport that is handed over',
    async (hook) => {
      const { clock, server, transport } = lab();
      const heard: string[] = [];
      const pool = createPool(transport, {
        clock,
        validateAfter: 0,
        [hook]: (socket: SimulatedSocket, { data }: typeof transport) => {
          for (const peer of server.sockets) peer.write('answer');
          return new Promise((resolve) => {
            const reading = data(socket).subscribe((answer) => {
              heard.push(answer.toString());
              reading.unsubscribe();
              resolve(true);
            });
          });
        },
      });
      for (let loan = 0; loan < 2; loan++) {
        const { values } = record(pool.borrow());
        await clock.advanceAsync(10);
        values[0]!.release();
        await clock.advanceAsync(10);
      }

      expect(heard).toEqual(hook === 'clean' ? ['answer', 'answer'] : ['answer']);
      expect(pool.stats).toMatchObject({ opened: 1, idle: 1 });
    },
  );
});
