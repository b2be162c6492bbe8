import { connect } from 'node:net';
import Jackpot from 'jackpot';

export function openPool(port: number): Jackpot {
  const pool = new Jackpot(5, () => connect(port, '127.0.0.1'));
  pool.on('error', () => undefined); // without a listener, a connection that fails ends the process
  return pool;
}

/** Writes on a socket that others write on too. */
export function send(pool: Jackpot, text: string, done: (error?: Error | null) => void): void {
  pool.allocate((error, socket) => {
    if (error) done(error);
    else socket.write(text, done);
  });
}
