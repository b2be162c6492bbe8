import {
  createNetwork,
  VirtualClock,
  type NetworkConfig,
  type ServerConfig,
  type SimulatedTcpOptions,
} from '../../src/testing/index.js';
import { leftOut } from '../setup/left-out.js';

/** A client that sends more than fits at once, to a server that reads it and answers: what arrives, and when. */
function talk(config: Omit<NetworkConfig, 'clock'>, server?: ServerConfig): unknown[] {
  const clock = new VirtualClock();
  const network = createNetwork({ ...config, clock });
  const told: unknown[] = [];
  const tell = (what: string) => (value?: unknown) => void told.push([clock.now(), what, String(value)]);
  network.listen(
    'server:1',
    (socket) => {
      socket.on('data', (data: Buffer) => {
        tell('received')(data.length);
      });
    },
    server,
  );
  const socket = network.connect('server:1');
  socket.on('connect', tell('connected'));
  socket.on('error', tell('error'));
  socket.on('drain', tell('drained'));
  socket.write(Buffer.alloc(200_000));
  clock.advance(1_000);
  socket.destroy();
  clock.advance(1_000);
  return [...told, network.random()];
}

leftOut<Omit<NetworkConfig, 'clock'>>('createNetwork', { seed: 7, latency: 5 }, (config) => talk(config));

leftOut<ServerConfig>(
  'listen',
  { latency: 5, acceptDelay: 5, accept: () => 'refuse', window: 1_000, segment: 1_000 },
  (config) => talk({}, config),
);

leftOut<SimulatedTcpOptions>('network.tcp', { connectTimeout: 50, closeTimeout: 50 }, (options) => {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  const told: unknown[] = [];
  network.listen('silent:1', undefined, { accept: () => 'ignore' });
  network
    .tcp('silent:1', options)
    .open()
    .subscribe({ error: (error: unknown) => told.push(clock.now(), String(error)) });
  network.listen('idle:1');
  const idle = network.tcp('idle:1', options);
  idle.open().subscribe({
    next: (socket) => {
      // More than fits on the way, so that its end is not heard.
      socket.write(Buffer.alloc(200_000));
      idle.close(socket).subscribe({ complete: () => told.push(clock.now()) });
    },
    error: (error: unknown) => told.push(String(error)),
  });
  clock.advance(60_000);
  return told;
});
