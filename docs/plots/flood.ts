import { createServer, type AddressInfo, type Socket } from 'node:net';

// Sends so many bytes to each that connects, as fast as they are read, and ends.
const total = Number(process.argv[2]);
const block = Buffer.alloc(256 * 1024, 'rxpool');

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  send(socket, total);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.once('disconnect', () => process.exit());

function send(socket: Socket, left: number): void {
  while (left > 0 && !socket.destroyed) {
    const part = block.subarray(0, left);
    left -= part.length;
    if (!socket.write(part)) {
      socket.once('drain', () => send(socket, left));
      return;
    }
  }
  socket.end();
}
