import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Pool } from '../../src/index.js';
import { until } from './pools.js';
import { echo, startServer, type Behaviour } from './servers.js';

/** What the modules of a guide have in common, before and after. */
interface Guide<P> {
  openPool(port: number): P;
  ask(pool: P, question: string): Promise<string>;
  closePool(pool: P): Promise<void>;
}

/** A pool that is gone with the test. */
export function closedWithTest<P extends Pool>(pool: P): P {
  onTestFinished(async () => {
    await pool.close({ borrowed: 'destroy' });
  });
  return pool;
}

interface Client {
  ask(question: string): Promise<string>;
  close(): Promise<void>;
}

/** A client by that module, closed with the test. */
export function clientOf<P>({ openPool, ask, closePool }: Guide<P>): (port: number) => Client {
  return (port) => {
    const pool = openPool(port);
    onTestFinished(() => closePool(pool));
    return { ask: (question) => ask(pool, question), close: () => closePool(pool) };
  };
}

/** Says nothing by itself, and closes when the client does. */
const quiet: Behaviour = (socket) => {
  socket.resume().on('end', () => socket.end());
};

/** What a client sees of a pool of two sockets, whichever pool that is. */
export function behavesAlike(clients: [name: string, open: (port: number) => Client][]): void {
  describe.each(clients)('a client over %s', (_name, open) => {
    it('asks everything over at most max sockets, and each question gets its own answer', async () => {
      const server = await startServer(echo);
      const client = open(server.port);
      const questions = Array.from({ length: 10 }, (_, i) => `question ${i}`);
      expect(await Promise.all(questions.map((question) => client.ask(question)))).toEqual(questions);
      expect(server.accepted).toBe(2);
    });

    it('does not get a socket that has closed while it was idle', async () => {
      const server = await startServer(echo);
      const client = open(server.port);
      await client.ask('first');
      const peer = await server.peer();
      peer.end();
      await once(peer, 'close');
      expect(await client.ask('second')).toBe('second');
      expect(server.accepted).toBe(2);
    });

    it('is waited for when the pool closes', async () => {
      const server = await startServer(quiet);
      const client = open(server.port);
      const answer = client.ask('question');
      const peer = await server.peer();
      await once(peer, 'data');
      const closed = client.close();
      peer.write('late\n');
      expect(await answer).toBe('late');
      await closed;
      await until(() => server.open === 0); // its end learns of it a little later
    });
  });
}
