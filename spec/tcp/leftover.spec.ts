import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { firstValueFrom, isObservable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RestoreOptions } from '../../src/endpoint/transport.js';
import { restore } from '../../src/tcp/restore.js';
import { remember } from '../../src/tcp/socket-memory.js';

const foreign = (): void => undefined;

/** A socket as the transport has it, with what `prepare` has done to it, remembered. */
function socketOf(prepare: (socket: Socket) => void = foreign): Socket {
  const socket = new Socket();
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.once('close', () => undefined);
  prepare(socket);
  remember(socket);
  return socket;
}

/** Whether it can be lent again, and what its borrower left on it. */
async function giveBack(
  socket: Socket,
  options: RestoreOptions = {},
): Promise<{ good: boolean; left: readonly string[] }> {
  let left: readonly string[] = [];
  const answer = restore(socket, (fn) => void setImmediate(fn), { ...options, left: (names) => (left = names) });
  return { good: isObservable(answer) ? await firstValueFrom(answer) : answer, left };
}

const EVENTS = [
  ...['data', 'readable', 'end', 'error', 'close', 'drain', 'timeout', 'connect', 'ready', 'lookup', 'finish'],
  ...['pause', 'resume', 'pipe', 'secureConnect', 'mine'],
];

describe('listeners that a borrower has left', () => {
  it.each(EVENTS)('to %s are removed and named', async (event) => {
    const socket = socketOf();
    const before = socket.listenerCount(event);
    socket.on(event, foreign);
    expect(await giveBack(socket)).toEqual({ good: true, left: [event] });
    expect(socket.listenerCount(event)).toBe(before);
  });

  it.each(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const)(
    'by %s, too',
    async (how) => {
      const socket = socketOf();
      socket[how]('drain', foreign);
      expect(await giveBack(socket)).toEqual({ good: true, left: ['drain'] });
      expect(socket.listenerCount('drain')).toBe(0);
    },
  );

  it('are named once for each event, in the order of their coming', async () => {
    const socket = socketOf();
    socket.on('timeout', foreign).on('data', foreign).on('timeout', foreign).once('close', foreign);
    expect((await giveBack(socket)).left).toEqual(['timeout', 'data', 'close']);
    expect([socket.listenerCount('timeout'), socket.listenerCount('data'), socket.listenerCount('close')]).toEqual([
      0, 0, 1,
    ]);
  });

  it('to a symbol are named, too', async () => {
    const socket = socketOf();
    const emitter: EventEmitter = socket;
    emitter.on(Symbol('mine'), foreign);
    expect((await giveBack(socket)).left).toEqual(['Symbol(mine)']);
  });

  it('are nothing where they have been removed, or have been called once', async () => {
    const socket = socketOf();
    socket.on('drain', foreign).off('drain', foreign);
    socket.once('mine', foreign).emit('mine');
    expect(await giveBack(socket)).toEqual({ good: true, left: [] });
  });

  it('are told once, and not to the next borrower', async () => {
    const socket = socketOf();
    socket.on('drain', foreign);
    expect((await giveBack(socket)).left).toEqual(['drain']);
    expect(await giveBack(socket)).toEqual({ good: true, left: [] });
  });

  it('with a timeout are removed with it', async () => {
    const socket = socketOf();
    socket.setTimeout(60_000, foreign);
    expect(await giveBack(socket)).toEqual({ good: true, left: ['timeout'] });
    expect([socket.timeout ?? 0, socket.listenerCount('timeout')]).toEqual([0, 0]);
  });
});

describe('listeners from before the loan', () => {
  it.each(EVENTS)('to %s stay, also beside others', async (event) => {
    const mine = (): void => undefined;
    const socket = socketOf((fresh) => void fresh.on(event, mine));
    expect(await giveBack(socket)).toEqual({ good: true, left: [] });
    socket.on(event, foreign);
    expect(await giveBack(socket)).toEqual({ good: true, left: [event] });
    expect(socket.listeners(event)).toContain(mine);
    expect(socket.listeners(event)).not.toContain(foreign);
  });

  it.each(EVENTS)('to %s that are missing: the socket is not lent again', async (event) => {
    const socket = socketOf((fresh) => void fresh.on(event, () => undefined));
    socket.removeAllListeners(event);
    expect((await giveBack(socket)).good).toBe(false);
  });

  it.each(EVENTS)('to %s that have been replaced: the socket is not lent again', async (event) => {
    const socket = socketOf((fresh) => void fresh.on(event, () => undefined));
    socket.removeAllListeners(event);
    socket.on(event, foreign);
    expect((await giveBack(socket)).good).toBe(false);
  });

  it('that were to be called once may have been', async () => {
    const socket = socketOf((fresh) => void fresh.once('drain', foreign));
    socket.emit('drain');
    expect(await giveBack(socket)).toEqual({ good: true, left: [] });
  });

  it('that the borrower has registered once more are left as they were', async () => {
    const socket = socketOf((fresh) => void fresh.on('timeout', foreign));
    socket.on('timeout', foreign).on('timeout', foreign);
    expect(await giveBack(socket)).toEqual({ good: true, left: ['timeout'] });
    expect(socket.listeners('timeout')).toEqual([foreign]);
  });

  it('that have all been removed: the socket is not lent again', async () => {
    const socket = socketOf();
    socket.removeAllListeners();
    expect((await giveBack(socket)).good).toBe(false);
  });
});

describe('what else a borrower may have done to the socket', () => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['paused it', (socket) => socket.pause()],
    ['resumed it', (socket) => socket.resume()],
    ['read from it', (socket) => socket.on('data', foreign).off('data', foreign)],
    ['read from it and paused it', (socket) => socket.on('data', foreign).pause()],
    ['set a timeout', (socket) => socket.setTimeout(1_000_000)],
    ['allowed it to be half-open', (socket) => (socket.allowHalfOpen = true)],
    [
      'corked and uncorked it',
      (socket) => {
        socket.cork();
        socket.uncork();
      },
    ],
  ])('is undone: %s', async (_name, act) => {
    const socket = socketOf();
    act(socket);
    expect((await giveBack(socket)).good).toBe(true);
    expect(socket).toMatchObject({ readableFlowing: null, allowHalfOpen: false, writableCorked: 0 });
    expect([socket.timeout ?? 0, socket.isPaused()]).toEqual([0, false]);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['set an encoding', (socket) => socket.setEncoding('utf8')],
    ['left it corked', (socket) => socket.cork()],
    ['piped something into it', (socket) => new Socket().pipe<Duplex>(socket)],
    ['pushed something back', (socket) => socket.unshift('unread')],
    ['destroyed it', (socket) => socket.destroy()],
  ])('cannot be undone, and it is not lent again: %s', async (_name, act) => {
    const socket = socketOf();
    act(socket);
    expect((await giveBack(socket)).good).toBe(false);
  });

  it('brings it back to the timeout and the half-openness that it had', async () => {
    const socket = socketOf((fresh) => {
      fresh.setTimeout(40_000);
      fresh.allowHalfOpen = true;
    });
    socket.setTimeout(0);
    socket.allowHalfOpen = false;
    expect((await giveBack(socket)).good).toBe(true);
    expect(socket).toMatchObject({ timeout: 40_000, allowHalfOpen: true });
  });

  it('lets what is unread be, where that is allowed', async () => {
    const socket = socketOf();
    socket.unshift('for the next');
    expect((await giveBack(socket, { allowUnread: true })).good).toBe(true);
    expect(String(socket.read())).toBe('for the next');
  });

  it('goes on with a reading that was there before', async () => {
    const socket = socketOf((fresh) => void fresh.on('data', foreign));
    socket.pause();
    expect((await giveBack(socket)).good).toBe(true);
    expect([socket.isPaused(), socket.readableFlowing]).toEqual([false, true]);
  });
});
