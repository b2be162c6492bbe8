import { connect } from 'node:net';
import Jackpot from 'jackpot';

export function openPool(port: number): Jackpot {
  const pool = new Jackpot(5, () => connect(port, '127.0.0.1'), {
    retries: 5,
    factor: 2,
    min: '20 ms',
    max: '1 second',
    randomize: false,
  });
  pool.on('error', () => undefined);
  return pool;
}

/** Writes, however long the server is away: up to five retries. */
export function send(pool: Jackpot, text: string, done: (error?: Error | null) => void): void {
  pool.pull((error, socket) => {
    if (error) done(error);
    else socket.write(text, done);
  });
}
