import { connect } from 'node:net';
import { firstValueFrom } from 'rxjs';
import type { Budget } from 'rxpool';

/** Other code that opens sockets takes part: it reserves a permit, and gives it back when its socket has closed. */
export async function probe(port: number, sockets: Budget): Promise<boolean> {
  const permit = await firstValueFrom(sockets.reserve());
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answers = false;
    socket.on('connect', () => {
      answers = true;
      socket.destroy();
    });
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => {
      permit.release();
      resolve(answers);
    });
  });
}
