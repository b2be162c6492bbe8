import { first } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { webSocketSubject, type WebSocketSubjectConfig } from '../../src/websocket/index.js';
import { record, typesOf } from '../endpoint/record.js';
import { FakeWebSocket } from './fake-web-socket.js';
import { openSubject, reconnect, subjectLab } from './subject-lab.js';

describe('the connection', () => {
  it('is opened by the first subscriber, shared, and closed by the last', () => {
    const { subject, sockets } = subjectLab();
    expect([sockets.length, subject.observed]).toEqual([0, false]);
    const one = record(subject);
    const two = record(subject.asObservable());
    const [socket] = sockets as [FakeWebSocket];
    socket.accept();
    socket.receive('{"price":1}');
    one.stop();
    expect(socket.closedWith).toEqual([]);
    socket.receive('{"price":2}');
    two.stop();
    expect([one.values, two.values]).toEqual([[{ price: 1 }], [{ price: 1 }, { price: 2 }]]);
    expect([sockets.length, socket.closedWith]).toEqual([1, [[1000]]]);
  });

  it('is opened again by a later subscriber', () => {
    const { subject, sockets, heard } = openSubject();
    heard.stop();
    const again = record(subject);
    sockets[1]!.accept();
    sockets[1]!.receive('1');
    sockets[0]!.receive('0');
    expect(again.values).toEqual([1]);
  });

  it('comes back after a loss, also a clean one, without a word to the subscribers', () => {
    const lab = openSubject();
    lab.socket.shut(1000);
    expect(lab.subject.status).toMatchObject({ state: 'down' });
    lab.clock.advance(100);
    lab.sockets[1]!.accept();
    lab.sockets[1]!.receive('"back"');
    expect(lab.heard).toMatchObject({ values: ['back'], errors: [], completed: false });
    expect(typesOf(lab.events)).toEqual(['connecting', 'connected', 'reset', 'connecting', 'reconnected']);
    expect(lab.events.values[2]).toMatchObject({ error: { info: { code: 1000 } }, retryIn: 100, unsent: 0 });
  });

  it('has a status that never dials', () => {
    const { subject, sockets } = subjectLab();
    const states = record(subject.status$);
    expect([states.last?.state, sockets.length]).toEqual(['idle', 0]);
    record(subject);
    sockets[0]!.accept();
    expect(states.values.map(({ state }) => state)).toEqual(['idle', 'connecting', 'up']);
  });

  it('is dialled at once by retryNow', () => {
    const { socket, subject, sockets, clock } = openSubject();
    socket.shut(1006);
    clock.advance(10);
    subject.retryNow();
    expect(sockets).toHaveLength(2);
  });

  it('is given up as the endpoint does, and tried again by a later subscriber', () => {
    const { subject, sockets, heard } = openSubject({ retry: { count: 0 } });
    sockets[0]!.shut(1006);
    expect(heard.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED' }]);
    const again = record(subject);
    sockets[1]!.accept();
    sockets[1]!.receive('1');
    expect(again.values).toEqual([1]);
  });

  it.each([
    [1000, { errors: [], completed: true }],
    [1006, { errors: [{ code: 'RXPOOL_WEBSOCKET_CLOSED', info: { code: 1006 } }], completed: false }],
  ])('ends for good with the close %i that isFinal names', (code, end) => {
    const { sockets, heard, clock } = openSubject({ isFinal: () => true });
    sockets[0]!.shut(code);
    clock.advance(1_000);
    expect(heard).toMatchObject(end);
    expect(sockets).toHaveLength(1);
  });

  it('passes on what belongs to connection and endpoint', () => {
    const { sockets, subject, clock, events } = subjectLab({
      protocol: 'v1',
      heartbeat: { message: 'ping', isAnswer: (message) => message === 'pong' },
      prepare: (socket) => {
        socket.send('login');
        return undefined;
      },
      connectTimeout: 10,
      closeTimeout: 5,
      binaryType: 'arraybuffer',
    });
    const heard = record(subject);
    clock.advance(15);
    expect(events.last).toMatchObject({ type: 'failed', error: { code: 'RXPOOL_CONNECT_TIMEOUT' } });
    clock.advance(100);
    const socket = sockets[1]!;
    socket.accept();
    clock.advance(30_000);
    socket.receive('pong');
    expect(socket).toMatchObject({ protocols: ['v1'], binaryType: 'arraybuffer', sent: ['login', 'ping'] });
    expect(heard).toMatchObject({ values: [], errors: [] });
  });
});

describe('the observers', () => {
  it('are told of each opening before anything is sent, and of each close', () => {
    const told: string[] = [];
    const lab = subjectLab({
      openObserver: { next: () => told.push(`open, ${lab.sockets.at(-1)!.sent.length} sent`) },
      closeObserver: { next: ({ code }) => told.push(`close ${code}`) },
      closingObserver: { next: () => told.push('closing') },
    });
    lab.subject.next('hello');
    record(lab.subject);
    lab.sockets[0]!.accept();
    reconnect(lab);
    lab.subject.complete();
    lab.sockets[1]!.shut(1000);
    expect(told).toEqual(['open, 0 sent', 'close 1006', 'open, 0 sent', 'closing', 'close 1000']);
  });

  it('may leave at once', () => {
    const told: unknown[] = [];
    const lab = subjectLab({
      openObserver: {
        next: (event) => {
          told.push(event);
          heard.stop();
        },
      },
    });
    lab.subject.next('hello');
    const heard = record(lab.subject);
    lab.sockets[0]!.accept();
    expect(told).toEqual([{}]);
    expect(lab.sockets[0]).toMatchObject({ sent: [], closedWith: [[1000]] });
    expect(lab.subject.queued).toBe(1);
  });
});

describe('a message', () => {
  it('is made by the serializer and read by the deserializer', () => {
    const { subject, socket, heard } = openSubject({
      serializer: (value) => `<${String(value)}>`,
      deserializer: ({ data }) => [data as unknown],
    });
    subject.next('hello');
    socket.receive('hi');
    expect([socket.sent, heard.values]).toEqual([['<hello>'], [['hi']]]);
  });

  it('that cannot be decoded is an error to all, with its cause', () => {
    const { socket, heard, subject, sockets, events } = openSubject();
    const other = record(subject);
    socket.receive('{');
    const error = {
      code: 'RXPOOL_WEBSOCKET_MESSAGE',
      info: { problem: 'undecodable' },
      cause: expect.any(SyntaxError) as Error,
    };
    expect([heard.errors, other.errors]).toMatchObject([[error], [error]]);
    expect(events.last).toMatchObject({ type: 'undecodable', data: '{', error });
    expect(socket.closedWith).toEqual([[1000]]);
    record(subject);
    expect(sockets).toHaveLength(2);
  });

  it('that cannot be decoded may be an event only', () => {
    const { socket, heard, events } = openSubject({ onBadMessage: 'skip' });
    socket.receive('{');
    socket.receive('1');
    expect(heard).toMatchObject({ values: [1], errors: [] });
    expect(typesOf(events)).toEqual(['connecting', 'connected', 'undecodable']);
  });

  it('that cannot be made is an error to who sends it, and to nobody else', () => {
    const { subject, heard, socket } = openSubject();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(() => subject.next(circular)).toThrow(TypeError);
    expect(() => subject.next(undefined)).toThrow('a message must be text or bytes, got undefined');
    expect([heard.errors, socket.sent, subject.queued]).toEqual([[], [], 0]);
  });
});

describe('what is sent while there is no connection', () => {
  it('waits for it, in order, also without a subscriber', () => {
    const lab = subjectLab();
    lab.subject.next(1);
    record(lab.subject);
    lab.subject.next(2);
    lab.sockets[0]!.accept();
    lab.sockets[0]!.shut(1006);
    lab.subject.next(3);
    lab.subject.next(4);
    expect(lab.subject.queued).toBe(2);
    lab.clock.advance(100);
    lab.sockets[1]!.accept();
    expect([lab.sockets[0]!.sent, lab.sockets[1]!.sent]).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect([lab.subject.queued, lab.subject.dropped]).toEqual([0, 0]);
  });

  it('waits for the next subscriber, where the last one leaves', () => {
    const { subject, sockets, heard, socket } = openSubject();
    socket.readyState = 2;
    subject.next(1);
    heard.stop();
    expect(subject.queued).toBe(1);
    record(subject);
    sockets[1]!.accept();
    expect(sockets[1]!.sent).toEqual(['1']);
  });

  it('is refused where too much waits', () => {
    const { subject } = subjectLab({ maxQueued: 1 });
    subject.next(1);
    expect(() => subject.next(2)).toThrow('1 messages wait to be sent');
    expect([subject.queued, subject.dropped]).toEqual([1, 0]);
  });

  it.each([
    ['dropOldest', ['2', '3'], ['1']],
    ['dropNewest', ['1', '2'], ['3']],
  ] as const)('is dropped with %s, counted and told', (overflow, sent, dropped) => {
    const { subject, sockets, events } = subjectLab({ maxQueued: 2, overflow });
    for (const value of [1, 2, 3]) subject.next(value);
    expect(events.values).toMatchObject(dropped.map((message) => ({ type: 'dropped', message, total: 1 })));
    expect(subject.dropped).toBe(1);
    record(subject);
    sockets[0]!.accept();
    expect(sockets[0]!.sent).toEqual(sent);
  });

  it('waits as well while the socket is full', () => {
    const { subject, socket, clock } = openSubject({ highWaterMark: 10, pollInterval: 5 });
    socket.bufferedAmount = 10;
    subject.next(1);
    clock.advance(5);
    expect([socket.sent, subject.queued]).toEqual([[], 1]);
    socket.bufferedAmount = 9;
    clock.advance(5);
    expect([socket.sent, subject.queued, clock.pending]).toEqual([['1'], 0, 0]);
  });

  it('tells of bytes that a lost connection had and did not send', () => {
    const { socket, events } = openSubject();
    socket.bufferedAmount = 7;
    socket.shut(1006);
    expect(events.last).toMatchObject({ type: 'reset', unsent: 7 });
  });
});

describe('the end', () => {
  it('comes by complete(): with 1000, after what waits, and tells when it has closed', () => {
    const { subject, sockets, clock } = subjectLab();
    subject.next(1);
    const heard = record(subject);
    subject.complete();
    sockets[0]!.accept();
    expect(sockets[0]).toMatchObject({ sent: ['1'], closedWith: [[1000, '']] });
    expect(heard.completed).toBe(false);
    sockets[0]!.shut(1000);
    expect(heard).toMatchObject({ completed: true, errors: [] });
    clock.advance(1_000);
    expect([sockets.length, clock.pending]).toEqual([1, 0]);
  });

  it('comes by error({ code, reason }), with those', () => {
    const { subject, socket, heard, events } = openSubject();
    subject.error({ code: 4001, reason: 'enough' });
    expect(socket.closedWith).toEqual([[4001, 'enough']]);
    socket.shut(4001);
    expect(heard).toMatchObject({ completed: true, errors: [] });
    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it('comes although the peer does not answer the close', () => {
    const { subject, heard, clock } = openSubject();
    subject.complete();
    clock.advance(1_000);
    expect(heard.completed).toBe(true);
  });

  it('waits until a full socket has taken all', () => {
    const { subject, socket, clock } = openSubject({ highWaterMark: 1 });
    socket.bufferedAmount = 1;
    subject.next(1);
    subject.complete();
    expect(socket.closedWith).toEqual([]);
    socket.bufferedAmount = 0;
    clock.advance(20);
    expect(socket).toMatchObject({ sent: ['1'], closedWith: [[1000, '']] });
  });

  it.each([undefined, null, new Error('mine'), { code: 1006 }, { code: 3000.5 }, { code: 4000, reason: 1 }])(
    'comes as a TypeError by error(%o)',
    (wrong) => {
      const { subject, heard, socket } = openSubject();
      subject.error(wrong);
      expect(heard.errors).toEqual([expect.any(TypeError)]);
      expect(socket.closedWith).toEqual([[1000]]);
    },
  );

  it('comes for good by unsubscribe(), and tells what it has dropped', () => {
    const { subject, socket, heard, events } = openSubject();
    socket.readyState = 2;
    subject.next(1);
    subject.unsubscribe();
    subject.unsubscribe();
    expect(events.last).toMatchObject({ type: 'dropped', message: '1', total: 1 });
    expect([heard.completed, heard.errors, subject.closed, subject.queued]).toEqual([false, [], true, 0]);
    for (const call of [() => subject.next(1), () => subject.complete(), () => subject.error({ code: 1000 })]) {
      expect(call).toThrow('ended for good');
    }
  });

  it('leaves nothing behind', () => {
    const { subject, socket, heard, clock } = openSubject({ heartbeat: { message: 'ping' } });
    socket.bufferedAmount = Infinity;
    subject.next(1);
    heard.stop();
    socket.shut(1000);
    expect(clock.pending).toBe(0);
  });
});

describe('the options', () => {
  it('may name a class', () => {
    const made: FakeWebSocket[] = [];
    class Ctor extends FakeWebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, [protocols ?? []].flat());
        made.push(this);
      }
    }
    const subject = webSocketSubject({ url: 'ws://prices.test', protocol: ['a', 'b'], WebSocketCtor: Ctor });
    const heard = record(subject.pipe(first()));
    heard.stop();
    made[0]!.shut(1006);
    expect(made).toMatchObject([{ url: 'ws://prices.test/', protocols: ['a', 'b'] }]);
  });

  it.each<[object, string]>([
    [{ url: 'ftp://a.test' }, 'webSocketSubject: url must be one of'],
    [{ url: 'ws://a.test', maxQueued: 0 }, 'webSocketSubject: maxQueued must be an integer from 1'],
    [{ url: 'ws://a.test', overflow: 'drop' }, 'webSocketSubject: overflow must be one of'],
    [{ url: 'ws://a.test', resultSelector: () => 1 }, 'webSocketSubject: unknown option resultSelector'],
    [{ url: 'ws://a.test', retry: { count: -1 } }, 'endpoint: retry: count must be'],
  ])('are refused: %o', (config, message) => {
    const all = { WebSocketCtor: FakeWebSocket, ...config } as unknown as WebSocketSubjectConfig<unknown>;
    expect(() => webSocketSubject(all)).toThrow(message);
  });
});
