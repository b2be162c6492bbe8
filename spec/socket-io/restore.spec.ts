import { describe, expect, it } from 'vitest';
import { connectOn, socketIoLab } from './socket-io-lab.js';
import { FakeSocketIo } from './fake-socket-io.js';

const nothing = (): void => undefined;

/** A socket on which `prepare` and then a borrower were, given back. */
function lend(
  borrower: (socket: FakeSocketIo) => void,
  prepare: (socket: FakeSocketIo) => void = nothing,
): { readonly socket: FakeSocketIo; readonly isWhole: unknown; readonly left: readonly string[]; again(): unknown } {
  const lab = socketIoLab();
  const { socket } = connectOn(lab);
  prepare(socket);
  lab.chat.remember!(socket);
  borrower(socket);
  const left: string[] = [];
  const again = (): unknown => lab.chat.restore!(socket, { left: (names) => left.push(...names) });
  return { socket, isWhole: again(), left, again };
}

describe('restore', () => {
  it('removes the listeners that a borrower has left, and tells of them', () => {
    const { socket, isWhole, left } = lend((socket) => {
      socket.on('joined', nothing).on('joined', nothing).once('left', nothing).on('disconnect', nothing);
      socket.onAny(nothing);
      socket.onAnyOutgoing(nothing);
    });
    expect(isWhole).toBe(true);
    expect([...left].sort()).toEqual(['disconnect', 'joined', 'left', 'onAny', 'onAnyOutgoing']);
    expect([...socket.listeners('joined'), ...socket.listeners('left')]).toEqual([]);
    expect([socket.listeners('disconnect'), socket.listenersAny(), socket.listenersAnyOutgoing()]).toMatchObject([
      { length: 1 },
      { length: 1 },
      { length: 0 },
    ]);
  });

  it('has nothing to tell where nothing was left', () => {
    const { isWhole, left } = lend((socket) => socket.on('joined', nothing).off('joined', nothing));
    expect([isWhole, left]).toEqual([true, []]);
  });

  it('tells each time of what was left that time', () => {
    const { socket, left, again } = lend((socket) => socket.on('joined', nothing));
    socket.on('left', nothing);
    expect([again(), left]).toEqual([true, ['joined', 'left']]);
    expect(again()).toBe(true);
    expect(left).toHaveLength(2);
  });

  it('forgets the events that nobody listens for any more', () => {
    const { socket, again } = lend((socket) => {
      for (let id = 0; id < 100; id++) socket.once(`answer ${id}`, nothing);
    });
    let asked = 0;
    const { listeners } = FakeSocketIo.prototype;
    socket.listeners = (event) => (asked++, listeners.call(socket, event));
    expect(again()).toBe(true);
    expect(asked).toBeLessThan(10);
  });

  it('leaves what prepare has put there', () => {
    const { socket, isWhole, left } = lend(
      (socket) => socket.on('joined', () => undefined),
      (socket) => {
        socket.on('joined', nothing);
        socket.onAny(nothing);
      },
    );
    expect([isWhole, left]).toEqual([true, ['joined']]);
    expect(socket.listeners('joined')).toEqual([nothing]);
    expect(socket.listenersAny()).toContain(nothing);
  });

  it('does not miss what prepare listened for once', () => {
    const { isWhole } = lend(
      (socket) => socket.receive('welcome'),
      (socket) => socket.once('welcome', nothing),
    );
    expect(isWhole).toBe(true);
  });

  it.each<[string, (socket: FakeSocketIo) => void]>([
    ['all listeners', (socket) => socket.off()],
    ['those for the loss', (socket) => socket.off('disconnect', socket.listeners('disconnect')[0])],
    ['those for any event', (socket) => socket.offAny()],
    ['those of prepare', (socket) => socket.off('joined', nothing)],
  ])('refuses a socket from which %s were taken', (_which, borrower) => {
    expect(lend(borrower, (socket) => socket.on('joined', nothing)).isWhole).toBe(false);
  });

  it('refuses a socket that is lost', () => {
    expect(lend((socket) => socket.lose('transport close')).isWhole).toBe(false);
  });

  it('refuses a socket that nobody has remembered', () => {
    const lab = socketIoLab();
    const { socket } = connectOn(lab);
    expect(lab.chat.restore!(socket)).toBe(false);
  });
});
