import { connect } from 'node:net';
import Jackpot from 'jackpot';

/** A pool whose factory gives each socket its reader. */
export function openPool(port: number, onAnswer: (text: string) => void): Jackpot {
  const pool = new Jackpot(5, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (data) => onAnswer(data.toString()));
    return socket;
  });
  pool.on('error', () => undefined);
  return pool;
}
