import { describe, expect, it } from 'vitest';
import { uniform, type ServerConfig, type SimulatedSocket } from '../../src/testing/index.js';
import { NetworkLab } from './network-lab.js';

/** A client, and the server's end of its connection, which nobody reads. */
function pair(config: ServerConfig): { lab: NetworkLab; client: SimulatedSocket; accepted: SimulatedSocket } {
  const lab = new NetworkLab();
  const server = lab.network.listen('server:1', (socket) => lab.watch('server', socket), config);
  const client = lab.watch('client', lab.network.connect('server:1'));
  lab.clock.advance(100);
  lab.taken();
  return { lab, client, accepted: [...server.sockets][0]! };
}

/** The pieces in which bytes came. */
function pieces(socket: SimulatedSocket): string[] {
  const read: string[] = [];
  socket.on('data', (data: Buffer) => read.push(data.toString()));
  return read;
}

describe('a segment', () => {
  it('cuts what is written into pieces, each with a way of its own, in both directions', () => {
    const { lab, client, accepted } = pair({ segment: 4, latency: uniform(0, 10) });
    const atServer = pieces(accepted);
    const atClient = pieces(client);
    client.write('abcdefghij');
    client.write('klmn');
    accepted.write('12345');
    lab.clock.advance(100);
    expect(atServer).toEqual(['abcd', 'efgh', 'ij', 'klmn']);
    expect(atClient).toEqual(['1234', '5']);
  });

  it('has no end unless told: what is written at once arrives at once', () => {
    const { lab, client, accepted } = pair({});
    const atServer = pieces(accepted);
    const text = 'x'.repeat(50_000);
    client.write(text);
    lab.clock.advance(100);
    expect(atServer).toEqual([text]);
  });

  it('leaves the end of the stream behind the last piece', () => {
    const { lab, client, accepted } = pair({ segment: 1, latency: uniform(0, 10) });
    lab.follow('server', accepted);
    client.end('abc');
    lab.clock.advance(1_000);
    expect(lab.log.map((line) => line.replace(/^[\d.]+ /, '')).slice(0, 4)).toEqual([
      'server reads a',
      'server reads b',
      'server reads c',
      'server end',
    ]);
  });
});

describe('a window', () => {
  it('holds what is under way or unread; a writer of more waits, and is told when the peer reads on', () => {
    const { lab, client, accepted } = pair({ window: 1_000 });
    const { writableHighWaterMark, readableHighWaterMark } = accepted;
    // As much as its stream and its window hold, and what the writer keeps itself.
    const size = readableHighWaterMark + 1_000 + writableHighWaterMark;
    expect(client.write(Buffer.alloc(size))).toBe(false);
    lab.clock.advance(10_000);
    expect(lab.log).toEqual([]);
    expect([client.writableNeedDrain, accepted.bytesRead]).toEqual([true, expect.any(Number)]);
    expect(accepted.bytesRead).toBeLessThan(size);
    accepted.resume();
    lab.clock.advance(10_000);
    expect(accepted.bytesRead).toBe(size);
    expect(lab.log).toHaveLength(1);
    expect(lab.log[0]).toMatch(/^\d+ client drain$/);
    expect([client.writableNeedDrain, client.writableLength]).toEqual([false, 0]);
  });

  it('costs time: a large message takes a way for each window', () => {
    const { lab, client, accepted } = pair({ window: 1_000, latency: 10 });
    accepted.resume();
    client.write(Buffer.alloc(10_000), () => lab.note('written'));
    lab.clock.advance(1_000);
    expect(accepted.bytesRead).toBe(10_000);
    // Nine windows have arrived by the time the tenth is handed over.
    expect(lab.log).toEqual(['190 written']);
  });

  it('is one for each direction of each connection', () => {
    const { lab, client, accepted } = pair({ window: 10 });
    const other = lab.watch('other', lab.network.connect('server:1'));
    client.write('x'.repeat(100_000));
    lab.clock.advance(100);
    const atClient = pieces(client);
    accepted.write('answer');
    other.write('x', () => lab.note('other written'));
    lab.clock.advance(100);
    expect(atClient).toEqual(['answer']);
    expect(lab.log.map((line) => line.replace(/^\d+ /, ''))).toEqual(['other connect', 'other written']);
  });

  it('is given back by a reader that is slow, piece by piece, and nothing is lost', () => {
    const { lab, client, accepted } = pair({ window: 64, segment: 16 });
    const text = Array.from({ length: 10_000 }, (_, i) => String(i)).join(' ');
    let read = '';
    accepted.on('data', (data: Buffer) => {
      read += data.toString();
      accepted.pause();
      lab.clock.set(lab.clock.now() + 5, () => accepted.resume());
    });
    client.end(text);
    lab.clock.advance(1_000);
    expect(read.length).toBeLessThan(text.length);
    expect(text.startsWith(read)).toBe(true);
    lab.clock.advance(1_000_000);
    expect(read).toBe(text);
    expect(lab.log.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'server end',
      'server close',
      'client end',
      'client close',
    ]);
  });

  it('that is full keeps back the end, not the reset', () => {
    const { lab, client, accepted } = pair({ window: 1_000 });
    client.end(Buffer.alloc(accepted.readableHighWaterMark + 10_000));
    lab.clock.advance(1_000);
    expect([client.writableFinished, lab.log]).toEqual([false, []]);
    client.resetAndDestroy();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['1100 client close']);
    accepted.resume();
    lab.clock.advance(1_000);
    expect(lab.log.slice(1)).toEqual(['2100 server ECONNRESET', '2100 server close']);
  });
});

describe('a socket that is paused while it connects', () => {
  it('reads once it is resumed', () => {
    const lab = new NetworkLab();
    lab.network.listen('server:1', (socket) => {
      socket.write('welcome');
    });
    const client = lab.network.connect('server:1');
    client.pause();
    lab.clock.advance(100);
    const read = pieces(client);
    client.resume();
    lab.clock.advance(100);
    expect(read).toEqual(['welcome']);
  });
});

describe('end', () => {
  it('takes last words, their encoding and who is to hear that they are written, each or none', () => {
    const { lab, client, accepted } = pair({});
    const atServer = pieces(accepted);
    client.end('68656c6c6f', 'hex', () => lab.note('written'));
    lab.clock.advance(100);
    expect(atServer).toEqual(['hello']);
    expect(lab.taken()[0]).toBe('100 written');
    const other = lab.network.connect('server:1');
    other.end(() => lab.note('other written'));
    lab.clock.advance(100);
    expect(lab.log).toContain('202 other written');
    const third = lab.network.connect('server:1');
    third.end(Buffer.from('bye'), () => lab.note('third written'));
    lab.clock.advance(100);
    expect(lab.log).toContain('302 third written');
  });
});
