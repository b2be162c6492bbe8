import { describe, expect, it } from 'vitest';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { echo, NetworkLab } from './network-lab.js';

describe('reset', () => {
  it('breaks off every open connection, and takes new ones', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const [one, other] = ['one', 'other'].map((name) => lab.follow(name, lab.network.connect('server:1')));
    lab.clock.advance(10);
    server.reset();
    lab.clock.advance(10);
    const told = lab.taken();
    expect(told.filter((line) => line.includes('one'))).toEqual(['2 one connect', '11 one ECONNRESET', '11 one close']);
    expect(told.filter((line) => line.includes('other'))).toEqual([
      '2 other connect',
      '11 other ECONNRESET',
      '11 other close',
    ]);
    expect([one!.destroyed, other!.destroyed, server.sockets.size, server.isListening]).toEqual([true, true, 0, true]);
    lab.client('server:1');
    lab.clock.advance(10);
    expect(lab.log).toEqual(['22 client connect']);
  });

  it('arrives behind what was sent before it', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', (socket) => {
      socket.write('half an ans');
    });
    lab.client('server:1');
    lab.clock.advance(1);
    server.reset();
    lab.clock.advance(10);
    expect(lab.log).toEqual([
      '2 client connect',
      '2 client reads half an ans',
      '2 client ECONNRESET',
      '2 client close',
    ]);
  });
});

describe('a crash', () => {
  function connected(latency = 1): { lab: NetworkLab; client: SimulatedSocket; crash(): void; listen(): void } {
    const lab = new NetworkLab({ latency });
    const server = lab.network.listen('server:1', (socket) => lab.follow('server', socket));
    const client = lab.client('server:1');
    lab.clock.advance(100);
    lab.taken();
    return {
      lab,
      client,
      crash() {
        server.crash();
        expect([server.isListening, server.sockets.size]).toEqual([false, 0]);
      },
      listen: () => server.listen(),
    };
  }

  it('tells nobody: its clients are left half-open, at both ends', () => {
    const { lab, client, crash } = connected();
    crash();
    client.write('hello?');
    lab.clock.advance(3_600_000);
    expect(lab.log).toEqual([]);
    expect([client.readyState, client.destroyed]).toEqual(['open', false]);
  });

  it('takes nothing that was on its way to it, but what it has sent still arrives', () => {
    const lab = new NetworkLab({ latency: 10 });
    const server = lab.network.listen('server:1', (socket) => {
      lab.follow('server', socket).write('welcome');
    });
    const client = lab.client('server:1');
    client.write('hello');
    lab.clock.advance(15);
    server.crash();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['20 client connect', '20 client reads welcome']);
  });

  it('leaves who connects without an answer', () => {
    const { lab, crash } = connected();
    crash();
    const late = lab.watch('late', lab.network.connect('server:1'));
    lab.clock.advance(3_600_000);
    expect([lab.log, late.connecting]).toEqual([[], true]);
  });

  it('is met by a graceful end with silence, and by a destroy too', () => {
    const { lab, client, crash } = connected();
    crash();
    client.end('bye');
    lab.clock.advance(1_000);
    expect([lab.log, client.readyState]).toEqual([[], 'readOnly']);
    client.destroy();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['1100 client close']);
    expect(lab.clock.pending).toBe(0);
  });

  it('is over with listen: it connects again, and answers an old connection with a reset', () => {
    const { lab, client, crash, listen } = connected();
    crash();
    lab.clock.advance(100);
    listen();
    lab.watch('new', lab.network.connect('server:1'));
    lab.clock.advance(100);
    expect(client.readyState).toBe('open');
    client.write('hello?');
    lab.clock.advance(100);
    expect(lab.log).toEqual(['202 new connect', '302 client ECONNRESET', '302 client close']);
  });

  it('answers an end on an old connection with a reset, too', () => {
    const { lab, client, crash, listen } = connected();
    crash();
    listen();
    client.end();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['102 client ECONNRESET', '102 client close']);
  });

  it('keeps a writer waiting once the window is full, as nobody says that it has come', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo, { window: 1_000 });
    const client = lab.client('server:1');
    lab.clock.advance(100);
    server.crash();
    expect(client.write(Buffer.alloc(client.writableHighWaterMark + 1_000))).toBe(false);
    lab.clock.advance(1_000);
    expect(client.writableLength).toBeGreaterThan(0);
    expect(lab.log).toEqual(['2 client connect']);
    server.listen();
    lab.clock.advance(1_000);
    expect(lab.log.slice(1)).toEqual(['1101 client ECONNRESET', '1101 client close']);
  });

  it('is no end of what was written at the server: its callbacks hear nothing, and its sockets can do nothing more', () => {
    const lab = new NetworkLab();
    let socket: SimulatedSocket | undefined;
    const server = lab.network.listen('server:1', (one) => (socket = lab.watch('server', one)));
    lab.client('server:1');
    lab.clock.advance(100);
    server.crash();
    socket!.write('too late');
    socket!.end();
    socket!.destroy();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['2 client connect']);
  });

  it('may come twice, and while somebody is being accepted', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', () => lab.note('accepted'), { acceptDelay: 10 });
    lab.client('server:1');
    lab.clock.advance(5);
    server.crash();
    server.crash();
    lab.clock.advance(100);
    expect([lab.log, lab.clock.pending]).toEqual([[], 0]);
  });
});
