import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What is written at once, in bytes and about. */
const BLOCK = 256 * 1024;

// Sends the unit, which is Base64, so many times to each that connects, as fast as it is read, and ends.
const [unit = '', times = '0'] = process.argv.slice(2);
const one = Buffer.from(unit, 'base64');
const perBlock = Math.ceil(BLOCK / one.length);
const block = Buffer.alloc(perBlock * one.length, one);

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  serve(socket, Number(times));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.once('disconnect', () => process.exit());

function serve(socket: Socket, left: number): void {
  while (left > 0 && !socket.destroyed) {
    const count = Math.min(left, perBlock);
    left -= count;
    if (!socket.write(block.subarray(0, count * one.length))) {
      socket.once('drain', () => serve(socket, left));
      return;
    }
  }
  socket.end();
}
