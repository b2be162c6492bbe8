import { describe, expect, it } from 'vitest';
import { uniform } from '../../src/testing/index.js';
import { echo, NetworkLab } from './network-lab.js';

describe('connecting', () => {
  it('takes the way there and the way back', () => {
    const lab = new NetworkLab({ latency: 5 });
    lab.network.listen('server:1', () => lab.note('accepted'));
    lab.client('server:1');
    lab.clock.advance(100);
    expect(lab.log).toEqual(['5 accepted', '10 client connect']);
  });

  it('takes 1 ms a way unless told otherwise, and as long as the server says where it has a latency of its own', () => {
    const lab = new NetworkLab();
    lab.network.listen('near:1');
    lab.network.listen('far:1', undefined, { latency: 50 });
    lab.watch('near', lab.network.connect('near:1'));
    lab.watch('far', lab.network.connect('far:1'));
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['2 near connect', '100 far connect']);
  });

  it('takes as long as the server takes to accept on top, drawn anew each time', () => {
    const lab = new NetworkLab({ seed: 5 });
    const moments: number[] = [];
    const serve = (): unknown => moments.push(lab.clock.now());
    lab.network.listen('server:1', serve, { acceptDelay: uniform(100, 200) });
    lab.network.connect('server:1');
    lab.network.connect('server:1');
    lab.clock.advance(100);
    expect(moments).toEqual([]);
    lab.clock.advance(101);
    expect(moments).toHaveLength(2);
    expect(moments[0]).not.toBe(moments[1]);
  });

  it('makes no connection for a client that has gone before it is accepted', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', () => lab.note('accepted'), { acceptDelay: 100 });
    const client = lab.client('server:1');
    lab.clock.advance(50);
    client.destroy();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['50 client close']);
    expect([server.sockets.size, lab.network.sockets.size, lab.clock.pending]).toEqual([0, 0, 0]);
  });

  it('lists both ends from the start of connecting until they have closed', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', (socket) => socket.resume());
    const client = lab.client('server:1');
    expect([...lab.network.sockets]).toEqual([client]);
    lab.clock.advance(1);
    expect(server.sockets.size).toBe(1);
    lab.clock.advance(1);
    client.end();
    client.on('close', () => lab.note(`clients ${lab.network.sockets.size}`));
    lab.clock.advance(100);
    expect([lab.network.sockets.size, server.sockets.size, lab.clock.pending]).toEqual([0, 0, 0]);
  });

  it('keeps the servers of a network apart', () => {
    const lab = new NetworkLab();
    const one = lab.network.listen('one:1', echo);
    const other = lab.network.listen('other:1', echo);
    lab.follow('one', lab.network.connect('one:1')).write('to one');
    lab.follow('other', lab.network.connect('other:1')).write('to other');
    one.partition();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['2 other connect', '4 other reads to other']);
    expect([one.address, one.sockets.size, other.address, other.sockets.size]).toEqual(['one:1', 0, 'other:1', 1]);
  });
});

describe('an address', () => {
  it('refuses where nobody has ever listened, after the way there and the way back', () => {
    const lab = new NetworkLab({ latency: 5 });
    lab.client('nobody:1');
    lab.clock.advance(9);
    expect(lab.log).toEqual([]);
    lab.clock.advance(100);
    expect(lab.log).toEqual(['10 client ECONNREFUSED', '10 client close']);
    expect(lab.network.sockets.size).toBe(0);
  });

  it('says which address has refused', () => {
    const lab = new NetworkLab();
    const errors: Error[] = [];
    for (const address of ['host:80', '[::1]:81', 'a name']) {
      lab.network.connect(address).on('error', (error: Error) => errors.push(error));
    }
    lab.clock.advance(100);
    expect(errors.map(({ message }) => message)).toEqual([
      'connect ECONNREFUSED host:80',
      'connect ECONNREFUSED ::1:81',
      'connect ECONNREFUSED a name',
    ]);
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', address: 'host', port: 80 });
  });

  it('may come while a client is on its way, which can then talk to it in both directions', () => {
    const lab = new NetworkLab({ latency: 5 });
    const client = lab.client('late:1');
    client.write('hello');
    lab.clock.advance(4);
    lab.network.listen('late:1', echo);
    lab.clock.advance(100);
    expect(lab.log).toEqual(['10 client connect', '20 client reads hello']);
  });

  it('that came while a client was on its way can keep things back, too', () => {
    const lab = new NetworkLab();
    const client = lab.client('late:1');
    const server = lab.network.listen('late:1', echo);
    lab.clock.advance(100);
    server.partition();
    client.write('hello');
    lab.clock.advance(100);
    expect(lab.taken()).toEqual(['2 client connect']);
    server.heal();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['201 client reads hello']);
  });

  it('refuses after close, leaves what is open, and accepts again after listen', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const early = lab.follow('early', lab.network.connect('server:1'));
    lab.clock.advance(10);
    expect(server.isListening).toBe(true);
    server.close();
    expect(server.isListening).toBe(false);
    lab.follow('late', lab.network.connect('server:1'));
    early.write('still here');
    lab.clock.advance(10);
    expect(lab.taken()).toEqual([
      '2 early connect',
      '12 late ECONNREFUSED',
      '12 late close',
      '12 early reads still here',
    ]);
    server.listen();
    lab.follow('again', lab.network.connect('server:1'));
    lab.clock.advance(10);
    expect(lab.log).toEqual(['22 again connect']);
  });

  it('accepts nobody after close, also not those whom it has kept waiting', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', () => lab.note('accepted'), { acceptDelay: 100 });
    lab.client('server:1');
    lab.clock.advance(50);
    server.close();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['102 client ECONNREFUSED', '102 client close']);
  });

  it('is asked at each attempt what becomes of it', () => {
    const lab = new NetworkLab();
    const answers = ['refuse', 'ignore', 'accept'] as const;
    let attempt = 0;
    const server = lab.network.listen('server:1', undefined, { accept: () => answers[attempt++]! });
    for (const name of answers) lab.watch(name, lab.network.connect('server:1'));
    lab.clock.advance(1_000_000);
    expect(lab.log).toEqual(['2 refuse ECONNREFUSED', '2 refuse close', '2 accept connect']);
    expect([attempt, server.sockets.size, lab.clock.pending]).toEqual([3, 1, 0]);
  });
});
