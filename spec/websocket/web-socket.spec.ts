import { BehaviorSubject, first, of } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, endpoint } from '../../src/index.js';
import { webSocket, WebSocketClosedError, type WebSocketOptions } from '../../src/websocket/index.js';
import { record, typesOf } from '../endpoint/record.js';
import { FakeWebSocket } from './fake-web-socket.js';
import { forcibleLab, openOn, socketLab } from './socket-lab.js';

const lostBy = (code: number, reason = ''): object => ({
  code: 'RXPOOL_WEBSOCKET_CLOSED',
  info: { address: 'wss://prices.test/feed', code, reason, wasClean: code !== 1006 },
});

describe('opening', () => {
  it('gives the socket itself, once it is open', () => {
    const { sockets, feed } = socketLab();
    const life = record(feed.open());
    expect(life.values).toEqual([]);
    sockets[0]!.accept();
    expect(life.values).toEqual([sockets[0]]);
    expect(sockets[0]!.binaryType).toBe('arraybuffer');
  });

  it('asks for url, protocols and headers anew at each attempt', () => {
    const token$ = new BehaviorSubject('one');
    const { sockets, feed } = socketLab({
      url: () => `ws://prices.test/?token=${token$.value}`,
      protocols: of(['v2', 'v1']),
      headers: () => ({ authorization: token$.value }),
    });
    record(feed.open());
    token$.next('two');
    record(feed.open());
    expect(sockets).toMatchObject([
      { url: 'ws://prices.test/?token=one', protocols: ['v2', 'v1'], headers: { authorization: 'one' } },
      { url: 'ws://prices.test/?token=two', protocols: ['v2', 'v1'], headers: { authorization: 'two' } },
    ]);
  });

  it('takes a single protocol, and none', () => {
    const { sockets, feed } = socketLab({ protocols: 'v1' });
    record(feed.open());
    const other = socketLab();
    record(other.feed.open());
    expect([sockets[0]!.protocols, other.sockets[0]!.protocols]).toEqual([['v1'], []]);
  });

  it('fails the attempt where the token does not come, and asks again', async () => {
    const answers = [Promise.reject(new Error('no token')), Promise.resolve('ws://prices.test/?token=two')];
    const { sockets, feed, clock } = socketLab({ url: () => answers.shift()! });
    const events = record(endpoint(feed, { clock, retry: { delay: 100 } }));
    await clock.advanceAsync(0);
    expect(events.last).toMatchObject({ type: 'failed', error: new Error('no token') });
    expect(sockets).toEqual([]);
    await clock.advanceAsync(100);
    expect(sockets).toMatchObject([{ url: 'ws://prices.test/?token=two' }]);
    events.stop();
  });

  it.each<[string, unknown]>([
    ['a url of another scheme', { url: () => 'ftp://prices.test' }],
    ['a text that is no url', { url: () => 'nowhere' }],
    ['a url that is none', { url: () => 7 }],
    ['protocols that are none', { protocols: () => [7] }],
    ['headers that are none', { headers: () => 'authorization' }],
  ])('fails the attempt that is given %s', (_what, options) => {
    const { feed } = socketLab(options as Partial<WebSocketOptions<FakeWebSocket>>);
    expect(record(feed.open()).errors).toEqual([expect.any(TypeError)]);
  });

  it('fails the attempt where the WebSocket cannot be made', () => {
    const feed = webSocket({
      url: 'ws://prices.test',
      create: (): FakeWebSocket => {
        throw new SyntaxError('twice the same protocol');
      },
    });
    expect(record(feed.open()).errors).toEqual([new SyntaxError('twice the same protocol')]);
  });

  it('says what the socket knows of a refusal', () => {
    const { sockets, feed } = socketLab();
    const life = record(feed.open());
    sockets[0]!.shut(1006, '', { error: new Error('Unexpected server response: 502') });
    expect(life.errors).toMatchObject([
      {
        message:
          'the WebSocket to wss://prices.test/feed has closed with 1006 (no handshake): Unexpected server response: 502',
        cause: new Error('Unexpected server response: 502'),
      },
    ]);
  });

  it('aborts an attempt that nobody wants any more', () => {
    const { sockets, feed } = socketLab();
    record(feed.open()).stop();
    expect(sockets[0]!.closedWith).toEqual([[]]);
  });

  it('stops asking for what nobody wants any more', () => {
    const url$ = new BehaviorSubject('ws://prices.test').pipe(first(() => false));
    const { sockets, feed, clock } = socketLab({ url: url$ });
    record(feed.open()).stop();
    expect([sockets, clock.pending]).toEqual([[], 0]);
  });
});

describe('connectTimeout', () => {
  it('ends an attempt that nobody answers, and tells when the socket has closed', () => {
    const { sockets, feed, clock } = socketLab();
    const life = record(feed.open());
    clock.advance(9_999);
    expect(sockets[0]!.closedWith).toEqual([]);
    clock.advance(1);
    expect(sockets[0]!.closedWith).toEqual([[]]);
    expect(life.errors).toEqual([]);
    sockets[0]!.shut(1006);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_CONNECT_TIMEOUT', info: { timeout: 10_000 } }]);
  });

  it('does not wait for a platform that does not tell', () => {
    const { sockets, feed, clock } = socketLab({ connectTimeout: 500, closeTimeout: 200 });
    const life = record(feed.open());
    clock.advance(699);
    expect(life.errors).toEqual([]);
    clock.advance(1);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_CONNECT_TIMEOUT' }]);
    sockets[0]!.accept();
    expect(life.values).toEqual([]);
  });

  it('counts the wait for a token', () => {
    const { feed, clock } = socketLab({ url: new BehaviorSubject('').pipe(first(() => false)), connectTimeout: 500 });
    const life = record(feed.open());
    clock.advance(500);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_CONNECT_TIMEOUT' }]);
  });

  it('is over with the opening', () => {
    const lab = socketLab();
    const { life } = openOn(lab);
    lab.clock.advance(20_000);
    expect(life).toMatchObject({ errors: [], completed: false });
    expect(lab.clock.pending).toBe(0);
  });
});

describe('reading', () => {
  it('hands text on as strings, and binary messages as bytes', () => {
    const { socket, heard } = openOn(socketLab());
    socket.receive('text');
    socket.receive('');
    socket.receive(new Uint8Array([1, 2]).buffer);
    socket.receive(Buffer.from([3]));
    expect(heard.values).toEqual(['text', '', new Uint8Array([1, 2]), Buffer.from([3])]);
  });

  it.each([
    ['text where bytes are expected', 'binary', 'text', 'text'],
    ['bytes where text is expected', 'text', new ArrayBuffer(1), 'binary'],
    ['what is neither', undefined, new Blob(['x']), 'unreadable'],
  ] as const)('is lost by %s', (_what, messageType, message, problem) => {
    const { socket, life, heard } = openOn(socketLab(messageType === undefined ? {} : { messageType }));
    socket.receive(message);
    socket.receive('later');
    expect(socket.closedWith).toEqual([[4000]]);
    expect(life.errors).toEqual([]);
    socket.shut(4000);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_WEBSOCKET_MESSAGE', info: { problem } }]);
    expect(heard).toMatchObject({ values: [], errors: [], completed: true });
  });

  it('keeps what nobody reads for the next who does, and is not usable with it', () => {
    const lab = socketLab();
    const { socket, heard } = openOn(lab);
    heard.stop();
    socket.receive('one');
    socket.receive('two');
    expect([lab.feed.usable?.(socket), lab.feed.usable?.(socket, { allowUnread: true })]).toEqual([false, true]);
    expect(record(lab.feed.data(socket).pipe(first())).values).toEqual(['one']);
    expect(record(lab.feed.data(socket)).values).toEqual(['two']);
    expect(lab.feed.usable?.(socket)).toBe(true);
  });

  it('is lost by more than maxUnread messages that nobody reads', () => {
    const { socket, life, heard } = openOn(socketLab({ maxUnread: 2 }));
    heard.stop();
    for (const message of ['one', 'two', 'three']) socket.receive(message);
    socket.shut(4000);
    expect(life.errors).toMatchObject([{ code: 'RXPOOL_WEBSOCKET_MESSAGE', info: { problem: 'unread' } }]);
  });

  it('tells of the loss before it ends', () => {
    const order: string[] = [];
    const { sockets, feed } = socketLab();
    feed.open().subscribe({ error: () => order.push('lost') });
    sockets[0]!.accept();
    feed.data(sockets[0]!).subscribe({ complete: () => order.push('end') });
    sockets[0]!.shut(1000);
    expect(order).toEqual(['lost', 'end']);
  });
});

describe('a close by the peer', () => {
  const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 4999];

  it.each(codes)('is a loss with code %i, which the error has', (code) => {
    const { socket, life } = openOn(socketLab());
    socket.shut(code, 'because');
    expect(life.errors).toMatchObject([{ ...lostBy(code, 'because'), retryable: true }]);
    expect(life.errors[0]).toBeInstanceOf(WebSocketClosedError);
  });

  it('is dialled again after a clean close, and not after one that is final', () => {
    const { feed, clock, sockets } = socketLab({ isFinal: ({ code }) => code === 4401 });
    const events = record(endpoint(feed, { clock, retry: { delay: 10, resetAfter: 0 } }));
    sockets[0]!.accept();
    sockets[0]!.shut(1000);
    clock.advance(10);
    sockets[1]!.accept();
    sockets[1]!.shut(4401, 'log in');
    clock.advance(1_000);
    expect(typesOf(events)).toEqual(['connecting', 'connected', 'reset', 'connecting', 'reconnected', 'reset']);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: lostBy(4401, 'log in') }]);
  });

  it('is not final where isFinal throws', () => {
    const { socket, life } = openOn(
      socketLab({
        isFinal: () => {
          throw new Error('no idea');
        },
      }),
    );
    socket.shut(1000);
    expect(life.errors).toMatchObject([{ ...lostBy(1000), retryable: true }]);
  });

  it('is the cause of what a borrower hears', async () => {
    const { feed, clock, sockets } = socketLab();
    const pool = createPool(feed, { clock, max: 1 });
    const acquired = pool.acquire();
    sockets[0]!.accept();
    const heard = record((await acquired).data$);
    sockets[0]!.shut(1012, 'restart');
    expect(heard.errors).toMatchObject([{ code: 'RXPOOL_CONNECTION_LOST', cause: lostBy(1012, 'restart') }]);
  });
});

describe('closing', () => {
  it('says 1000, and has closed when the peer has answered', () => {
    const { feed, ...lab } = socketLab();
    const { socket } = openOn({ feed, ...lab });
    const closing = record(feed.close(socket));
    expect([socket.closedWith, closing.completed]).toEqual([[[1000]], false]);
    socket.shut(1000);
    expect(closing.completed).toBe(true);
    expect(record(feed.close(socket)).completed).toBe(true);
    expect(lab.clock.pending).toBe(0);
  });

  it('closes by unsubscribing, once', () => {
    const { socket, life } = openOn(socketLab());
    life.stop();
    life.stop();
    expect(socket.closedWith).toEqual([[1000]]);
  });

  it('no longer waits for a peer that does not answer, where nothing can be forced', () => {
    const { feed, ...lab } = socketLab();
    const { socket, life } = openOn({ feed, ...lab });
    const closing = record(feed.close(socket, { force: true }));
    lab.clock.advance(999);
    expect(closing.completed).toBe(false);
    lab.clock.advance(1);
    expect(closing.completed).toBe(true);
    expect(life.errors).toMatchObject([lostBy(1006, 'the peer has not answered the close')]);
  });

  it('forces what can be forced: at once, or when the peer does not answer', () => {
    const { feed, ...lab } = forcibleLab();
    const { socket: first } = openOn({ feed, ...lab });
    record(feed.close(first, { force: true }));
    expect([first.terminated, first.closedWith]).toEqual([1, []]);
    const { socket: second } = openOn({ feed, ...lab });
    const closing = record(feed.close(second));
    lab.clock.advance(1_000);
    expect([second.terminated, closing.completed]).toEqual([1, false]);
    second.shut(1006);
    expect(closing.completed).toBe(true);
  });
});

describe('giving back', () => {
  it('brings handlers and binaryType back to what prepare has left', () => {
    const { feed, ...lab } = socketLab();
    const { socket } = openOn({ feed, ...lab });
    const mine = (): void => undefined;
    socket.onclose = mine;
    feed.remember?.(socket);
    socket.onmessage = () => undefined;
    socket.onclose = null;
    socket.binaryType = 'blob';
    const left: (readonly string[])[] = [];
    expect(feed.restore?.(socket, { left: (names) => left.push(names) })).toBe(true);
    expect(socket).toMatchObject({ onclose: mine, onmessage: null, binaryType: 'arraybuffer' });
    expect(left).toEqual([['onmessage', 'onclose']]);
    expect(feed.restore?.(socket, { left: (names) => left.push(names) })).toBe(true);
    expect(left).toHaveLength(1);
  });

  it('is not lent again unread, or closing', () => {
    const { feed, ...lab } = socketLab();
    const { socket, heard } = openOn({ feed, ...lab });
    feed.remember?.(socket);
    heard.stop();
    socket.receive('late');
    expect(feed.restore?.(socket)).toBe(false);
    expect(feed.restore?.(socket, { allowUnread: true })).toBe(true);
    socket.close();
    expect(feed.restore?.(socket, { allowUnread: true })).toBe(false);
  });

  it('adds no listener for reading', () => {
    const { feed, ...lab } = socketLab();
    const { socket } = openOn({ feed, ...lab });
    const before = socket.listenerCount();
    record(feed.data(socket));
    expect(socket.listenerCount()).toBe(before);
  });

  it('tells what waits to be sent', () => {
    const { feed, ...lab } = socketLab();
    const { socket } = openOn({ feed, ...lab });
    socket.bufferedAmount = 7;
    expect(feed.pending?.(socket)).toBe(7);
  });
});

describe('the options', () => {
  const create = (): FakeWebSocket => new FakeWebSocket();

  it.each([
    ['wss://user:secret@prices.test:8443/feed?token=secret#part', 'wss://prices.test:8443/feed'],
    [new URL('ws://prices.test'), 'ws://prices.test'],
    ['https://prices.test/feed', 'wss://prices.test/feed'],
    [() => 'ws://prices.test', '(dynamic url)'],
  ])('name %s as %s', (url, address) => {
    expect(webSocket({ url, create }).address).toBe(address);
  });

  it('may name the address, and what it is worth', () => {
    const feed = webSocket({ url: 'ws://a.test', create, address: 'prices', weight: 2, priority: 1 });
    expect(feed).toMatchObject({ address: 'prices', weight: 2, priority: 1 });
  });

  it.each<[string, object, string]>([
    ['no url', { create }, 'webSocket: there must be a url'],
    [
      'another scheme',
      { url: 'ftp://a.test', create },
      'webSocket: url must be one of ws:, wss:, http: or https:, got ftp:',
    ],
    [
      'a bad url',
      { url: 'secret', create },
      'webSocket: url must be one of ws:, wss:, http: or https:, got another text',
    ],
    ['headers without create', { url: 'ws://a.test', headers: {} }, 'webSocket: headers need create'],
    ['an unknown option', { url: 'ws://a.test', create, tiemout: 1 }, 'webSocket: unknown option tiemout'],
    [
      'a wrong type',
      { url: 'ws://a.test', create, messageType: 'blob' },
      'webSocket: messageType must be one of "text", "binary"',
    ],
    [
      'a wrong time',
      { url: 'ws://a.test', create, connectTimeout: 0 },
      'webSocket: connectTimeout must be a number from 1',
    ],
    [
      'a wrong beat',
      { url: 'ws://a.test', create, heartbeat: { interval: 0 } },
      'webSocket: heartbeat: interval must be',
    ],
    [
      'a beat of nothing',
      { url: 'ws://a.test', create, heartbeat: { message: {} } },
      'heartbeat: message must be text, bytes',
    ],
    [
      'a beat without a message',
      { url: 'ws://a.test', heartbeat: {} },
      'webSocket: heartbeat: without create there must be',
    ],
  ])('are refused: %s', (_what, options, message) => {
    expect(() => webSocket(options as WebSocketOptions)).toThrow(message);
  });
});

describe('on a platform', () => {
  function stub(name: string, value: unknown): void {
    vi.stubGlobal(name, value);
    onTestFinished(() => void vi.unstubAllGlobals());
  }

  it('with a WebSocket, that is what is made', () => {
    const made: FakeWebSocket[] = [];
    class Platform extends FakeWebSocket {
      constructor(url: string, protocols: readonly string[]) {
        super(url, protocols);
        made.push(this);
      }
    }
    stub('WebSocket', Platform);
    const life = record(webSocket({ url: 'ws://prices.test/feed', protocols: ['v1'] }).open());
    made[0]!.accept();
    expect(life.values).toEqual(made);
    expect(made).toMatchObject([{ url: 'ws://prices.test/feed', protocols: ['v1'] }]);
    life.stop();
    made[0]!.shut(1000);
  });

  it('without one, it says what to pass', () => {
    stub('WebSocket', undefined);
    expect(() => webSocket('ws://prices.test')).toThrow(
      'webSocket: there is no WebSocket on this platform: pass create',
    );
  });

  it('with a page, a url may be relative to it', () => {
    stub('location', { href: 'https://app.test/prices/' });
    const { feed, sockets } = socketLab({ url: 'feed?token=1' });
    record(feed.open());
    expect([feed.address, sockets[0]!.url]).toEqual([
      'wss://app.test/prices/feed',
      'wss://app.test/prices/feed?token=1',
    ]);
  });
});
