import { BehaviorSubject, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/index.js';
import { socketIo, type SocketIoOptions } from '../../src/socket-io/index.js';
import { record, typesOf } from '../endpoint/record.js';
import type { FakeSocketIo } from './fake-socket-io.js';
import { connectOn, socketIoLab } from './socket-io-lab.js';

const address = 'https://chat.test/rooms';
const lostBy = (reason: string): object => ({ code: 'RXPOOL_SOCKET_IO_DISCONNECTED', info: { address, reason } });

describe('opening', () => {
  it('gives the socket itself, once it is connected', () => {
    const { sockets, chat } = socketIoLab();
    const life = record(chat.open());
    expect([life.values, sockets[0]!.connects, chat.usable!(sockets[0]!)]).toEqual([[], 1, false]);
    sockets[0]!.accept();
    expect(life.values).toEqual([sockets[0]]);
    expect(chat.usable!(sockets[0]!)).toBe(true);
  });

  it('makes a socket of its own, which does not reconnect by itself', () => {
    const { sockets, chat } = socketIoLab({ options: { path: '/live', transports: ['websocket'] } });
    record(chat.open());
    record(chat.open());
    expect(sockets).toHaveLength(2);
    expect(sockets[0]!.settings).toEqual({
      path: '/live',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      timeout: 2_147_483_647,
    });
  });

  it('asks for url, auth, query and headers anew at each attempt', () => {
    const token$ = new BehaviorSubject('one');
    const { sockets, chat } = socketIoLab({
      url: () => `https://chat.test/${token$.value}`,
      auth: () => ({ token: token$.value }),
      query: of({ v: 2 }),
      extraHeaders: () => ({ 'x-token': token$.value }),
    });
    record(chat.open());
    token$.next('two');
    record(chat.open());
    expect(sockets).toMatchObject(
      ['one', 'two'].map((token) => ({
        url: `https://chat.test/${token}`,
        settings: { auth: { token }, query: { v: 2 }, extraHeaders: { 'x-token': token } },
      })),
    );
  });

  it('fails the attempt where the token does not come, and asks again', async () => {
    const answers = [Promise.reject(new Error('no token')), Promise.resolve({ token: 'two' })];
    const { sockets, chat, clock } = socketIoLab({ auth: () => answers.shift()! });
    const events = record(endpoint(chat, { clock, retry: { delay: 100 } }));
    await clock.advanceAsync(0);
    expect(events.last).toMatchObject({ type: 'failed', error: new Error('no token') });
    expect(sockets).toEqual([]);
    await clock.advanceAsync(100);
    expect(sockets).toMatchObject([{ settings: { auth: { token: 'two' } } }]);
    events.stop();
  });

  it.each<[string, Partial<SocketIoOptions<FakeSocketIo>>]>([
    ['a url of another scheme', { url: () => 'ftp://chat.test' }],
    ['a text that is no url', { url: () => 'nowhere' }],
    ['an auth that is none', { auth: () => 'token' as never }],
  ])('fails the attempt that is given %s', (_what, options) => {
    const { chat, sockets } = socketIoLab(options);
    expect(record(chat.open()).errors).toEqual([expect.any(TypeError)]);
    expect(sockets).toEqual([]);
  });

  it('fails the attempt that a middleware refuses, with its data', () => {
    const { sockets, chat, clock } = socketIoLab();
    const life = record(chat.open());
    sockets[0]!.refuse('who are you?', { login: '/login' });
    expect(life.errors).toMatchObject([
      {
        message: 'https://chat.test/rooms has refused the connection: who are you?',
        code: 'RXPOOL_SOCKET_IO_CONNECT',
        retryable: true,
        info: { address, refused: true, data: { login: '/login' } },
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('fails the attempt where nobody is there, and leaves nothing in the client', () => {
    const { sockets, chat } = socketIoLab();
    const life = record(chat.open());
    const cause = new Error('websocket error');
    sockets[0]!.fail(cause);
    expect(life.errors).toMatchObject([{ info: { address, refused: false, data: undefined }, cause }]);
    expect(sockets[0]!.active).toBe(false);
  });

  it('fails the attempt where io throws', () => {
    const { chat } = socketIoLab({
      io: () => {
        throw new Error('no such parser');
      },
    });
    expect(record(chat.open()).errors).toEqual([new Error('no such parser')]);
  });

  it('aborts an attempt that nobody wants any more', () => {
    const { sockets, chat, clock } = socketIoLab();
    record(chat.open()).stop();
    expect([sockets[0]!.disconnects, clock.pending]).toEqual([1, 0]);
  });

  it('stops asking for what nobody wants any more', () => {
    let asked = 0;
    const auth = NEVER;
    const { sockets, chat, clock } = socketIoLab({ auth: () => (asked++, auth) });
    record(chat.open()).stop();
    expect([asked, sockets, clock.pending]).toEqual([1, [], 0]);
  });
});

describe('connectTimeout', () => {
  it('ends an attempt that nobody answers', () => {
    const { sockets, chat, clock } = socketIoLab();
    const life = record(chat.open());
    clock.advance(9_999);
    expect([life.errors, sockets[0]!.disconnects]).toEqual([[], 0]);
    clock.advance(1);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_CONNECT_TIMEOUT', info: { address, timeout: 10_000 } }]);
    expect(sockets[0]!.disconnects).toBe(1);
  });

  it('counts the time that the token takes', () => {
    const { sockets, chat, clock } = socketIoLab({ auth: NEVER, connectTimeout: 50 });
    const life = record(chat.open());
    clock.advance(50);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_CONNECT_TIMEOUT' }]);
    expect(sockets).toEqual([]);
  });

  it('is over once the socket is connected', () => {
    const lab = socketIoLab();
    connectOn(lab);
    expect(lab.clock.pending).toBe(0);
  });
});

describe('a loss', () => {
  it.each(['io server disconnect', 'ping timeout', 'transport close'])('by %s is told with its reason', (reason) => {
    const lab = socketIoLab();
    const { socket, life } = connectOn(lab);
    const cause = new Error('what the client knows');
    socket.lose(reason, cause);
    expect(life.errors).toMatchObject([{ ...lostBy(reason), retryable: true, cause }]);
    expect(lab.chat.usable!(socket)).toBe(false);
  });

  it('is told before what arrives ends', () => {
    const { chat, sockets } = socketIoLab();
    const order: string[] = [];
    chat.open().subscribe({ error: () => order.push('lost') });
    sockets[0]!.accept();
    chat.data(sockets[0]!).subscribe({ complete: () => order.push('end') });
    sockets[0]!.lose('transport close');
    expect(order).toEqual(['lost', 'end']);
    expect(record(chat.data(sockets[0]!)).completed).toBe(true);
  });

  it('is a reset and a reconnect on a new socket to who watches', () => {
    const { chat, sockets, clock } = socketIoLab();
    const events = record(endpoint(chat, { clock, retry: { delay: 100 } }));
    sockets[0]!.accept();
    sockets[0]!.lose('transport close');
    clock.advance(100);
    sockets[1]!.accept();
    expect(typesOf(events)).toEqual(['connecting', 'connected', 'reset', 'connecting', 'reconnected']);
    events.stop();
  });

  it('is for good: a socket that is told to connect again is disconnected', () => {
    const { socket, life } = connectOn(socketIoLab());
    socket.lose('transport close');
    socket.connect();
    socket.accept();
    expect(socket.connected).toBe(false);
    expect(life.values).toHaveLength(1);
  });
});

describe('data', () => {
  it('is every event with its arguments, to each who reads', () => {
    const lab = socketIoLab();
    const { socket, heard } = connectOn(lab);
    const late = record(lab.chat.data(socket));
    const answer = (): void => undefined;
    socket.receive('joined', 'ann', 3);
    socket.receive('ready?', answer);
    const all = [
      ['joined', 'ann', 3],
      ['ready?', answer],
    ];
    expect([heard.values, late.values]).toEqual([all, all]);
  });

  it('ends for who stops reading', () => {
    const { socket, heard } = connectOn(socketIoLab());
    heard.stop();
    socket.receive('joined', 'ann');
    expect(heard.values).toEqual([]);
  });
});

describe('closing', () => {
  it.each([{}, { force: true }])('disconnects and completes, with %o', (options) => {
    const lab = socketIoLab();
    const { socket, life } = connectOn(lab);
    const closing = record(lab.chat.close(socket, options));
    expect([closing.completed, socket.connected]).toEqual([true, false]);
    expect(life.errors).toMatchObject([lostBy('io client disconnect')]);
  });

  it('completes where a borrower has taken all listeners away', () => {
    const lab = socketIoLab();
    const { socket, heard } = connectOn(lab);
    socket.off();
    expect(record(lab.chat.close(socket)).completed).toBe(true);
    expect([socket.connected, heard.completed]).toEqual([false, true]);
  });

  it('has nothing to do twice', () => {
    const lab = socketIoLab();
    const { socket } = connectOn(lab);
    record(lab.chat.close(socket));
    expect(record(lab.chat.close(socket)).completed).toBe(true);
    expect(socket.disconnects).toBe(1);
  });

  it('happens when nobody wants the socket any more', () => {
    const { socket, life } = connectOn(socketIoLab());
    life.stop();
    expect(socket.connected).toBe(false);
  });
});

describe('the address', () => {
  it.each([
    ['https://ann:secret@chat.test:444/rooms?token=secret#top', 'https://chat.test:444/rooms'],
    ['http://chat.test', 'http://chat.test'],
    [new URL('ws://chat.test/'), 'ws://chat.test'],
    [() => 'http://chat.test', '(dynamic url)'],
  ])('of %s is %s', (url, expected) => {
    expect(socketIoLab({ url }).chat.address).toBe(expected);
  });

  it('may be given, as may its weight and priority', () => {
    expect(socketIoLab({ address: 'chat', weight: 2, priority: 1 }).chat).toMatchObject({
      address: 'chat',
      weight: 2,
      priority: 1,
    });
  });
});

describe('a wrong option', () => {
  it.each<[object, string]>([
    [{ io: undefined }, 'socketIo: there must be an io'],
    [{ io: 'io' }, 'socketIo: io must be a function, got "io"'],
    [{ url: undefined }, 'socketIo: there must be a url'],
    [{ url: 'ftp://chat.test' }, 'socketIo: url must be one of http:, https:, ws: or wss:, got ftp:'],
    [{ auth: 'token' }, 'socketIo: auth must be an object or a function, got "token"'],
    [{ connectTimeout: 0 }, 'socketIo: connectTimeout must be a number from 1 to Infinity, got 0'],
    [
      { options: { reconnection: true } },
      'socketIo: options must not have reconnection; others than reconnection, forceNew, autoConnect, timeout, auth, query, extraHeaders are handed on',
    ],
    [{ reconnection: true }, 'socketIo: unknown option reconnection; known are'],
  ])('%o is refused', (wrong, message) => {
    const options = { io: () => undefined, url: 'http://chat.test', ...wrong };
    expect(() => socketIo(options as unknown as SocketIoOptions<FakeSocketIo>)).toThrow(message);
  });
});
