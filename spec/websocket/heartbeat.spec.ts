import { describe, expect, it } from 'vitest';
import { forcibleLab, openOn, socketLab } from './socket-lab.js';

const message = 'are you there?';
const missed = { code: 'RXPOOL_HEARTBEAT_TIMEOUT', info: { timeout: 10_000 }, retryable: true };

describe('a heartbeat', () => {
  it('is sent after each interval without a sign of life', () => {
    const lab = socketLab({ heartbeat: { message } });
    const { socket } = openOn(lab);
    lab.clock.advance(29_999);
    expect(socket.sent).toEqual([]);
    lab.clock.advance(1);
    expect(socket.sent).toEqual([message]);
    lab.clock.advance(9_999);
    socket.receive('yes');
    lab.clock.advance(29_999);
    expect(socket.sent).toEqual([message]);
    lab.clock.advance(1);
    expect(socket.sent).toEqual([message, message]);
  });

  it('is not needed while messages come', () => {
    const lab = socketLab({ heartbeat: { message } });
    const { socket } = openOn(lab);
    for (let i = 0; i < 10; i++) {
      lab.clock.advance(20_000);
      socket.receive('news');
    }
    expect(socket.sent).toEqual([]);
    lab.clock.advance(30_000);
    expect(socket.sent).toEqual([message]);
  });

  it('that is not answered in time costs the connection', () => {
    const lab = socketLab({ heartbeat: { message } });
    const { socket, life } = openOn(lab);
    lab.clock.advance(40_000);
    expect(socket.closedWith).toEqual([[4000]]);
    socket.shut(1006);
    expect(life.errors).toMatchObject([missed]);
    expect(lab.clock.pending).toBe(0);
  });

  it('that is not answered is told although the dead peer does not answer the close either', () => {
    const lab = socketLab({ heartbeat: { message } });
    const { life } = openOn(lab);
    lab.clock.advance(40_999);
    expect(life.errors).toEqual([]);
    lab.clock.advance(1);
    expect(life.errors).toMatchObject([missed]);
  });

  it('keeps its answers from readers, and reads all else', () => {
    const lab = socketLab({ heartbeat: { message, isAnswer: (one) => one === 'yes' } });
    const { socket, heard } = openOn(lab);
    lab.clock.advance(30_000);
    socket.receive('news');
    socket.receive('yes');
    heard.stop();
    socket.receive('yes');
    expect(heard.values).toEqual(['news']);
    expect(lab.feed.usable?.(socket)).toBe(true);
  });

  it('may be made anew each time, and be bytes', () => {
    let count = 0;
    const lab = socketLab({ heartbeat: { interval: 10, timeout: 5, message: () => new Uint8Array([++count]) } });
    const { socket } = openOn(lab);
    lab.clock.advance(10);
    socket.receive('yes');
    lab.clock.advance(10);
    expect(socket.sent).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
  });

  it('is a ping of the protocol where the socket has one, and nothing else is said', () => {
    const lab = forcibleLab({ heartbeat: {} });
    const { socket, life } = openOn(lab);
    lab.clock.advance(30_000);
    expect([socket.pings, socket.sent]).toEqual([1, []]);
    lab.clock.advance(10_000);
    expect([socket.terminated, socket.closedWith]).toEqual([1, []]);
    socket.shut(1006);
    expect(life.errors).toMatchObject([missed]);
  });

  it('needs a message where the socket cannot ping', () => {
    const lab = socketLab({ heartbeat: {} });
    const { socket, life } = openOn(lab);
    expect(socket.closedWith).toEqual([[4000]]);
    socket.shut(4000);
    expect(life).toMatchObject({ values: [], errors: [{ message: expect.stringContaining('cannot ping') as string }] });
  });

  it.each(['message', 'isAnswer'] as const)('whose %s throws costs its own connection', (which) => {
    const fail = (): never => {
      throw new Error('mistake');
    };
    const lab = socketLab({ heartbeat: { message, [which]: fail } });
    const { socket, life } = openOn(lab);
    lab.clock.advance(30_000);
    socket.receive('yes');
    socket.shut(4000);
    expect(life.errors).toEqual([new Error('mistake')]);
  });

  it('ends with the connection, keeps no process alive, and says nothing on a socket that closes', () => {
    const lab = socketLab({ heartbeat: { message } });
    const { socket, life } = openOn(lab);
    expect(lab.clock.keepsAlive).toBe(false);
    socket.readyState = 2;
    lab.clock.advance(30_000);
    expect(socket.sent).toEqual([]);
    life.stop();
    socket.shut(1000);
    expect(lab.clock.pending).toBe(0);
  });
});
