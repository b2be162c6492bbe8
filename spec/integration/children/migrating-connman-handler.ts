// Drops a connection whose handler says nothing about losses.
import connman from 'connman';

const [host, port] = process.argv[2]!.split(':') as [string, string];
const handler = { onConnect: (socket: connman.PersistentSocket) => socket.disconnect() };
connman.connect(Number(port), host, handler as unknown as connman.Handler);
