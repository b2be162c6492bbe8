import { describe, expect, it } from 'vitest';
import {
  BufferFullError,
  FrameTooLargeError,
  lines,
  requestClient,
  RequestLimitError,
  RequestLostError,
  RequestUnaskedError,
} from '../../src/protocol/index.js';
import { record } from '../pool/pool-lab.js';
import { byId, inOrder, requestLab } from './request-lab.js';

describe('an answer that nobody asked for', () => {
  it('closes the connection, where answers come in order, and harms nobody', () => {
    const { client, clock, pool } = requestLab(inOrder, {
      serve: (line, socket) => void socket.write(`${line}\none more\n`),
    });
    const errors: unknown[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'destroyed') errors.push(event.error);
    });
    const first = record(client.request('a'));
    clock.advance(10);
    expect(first.values).toEqual(['a']);
    expect(errors).toEqual([expect.any(RequestUnaskedError)]);
    expect(errors[0]).toMatchObject({ info: { frame: 'one more' } });
    const second = record(client.request('b'));
    clock.advance(10);
    expect(second.values).toEqual(['b']);
    expect(pool.stats.opened).toBe(2);
  });

  it('is not the answer of whoever asks just then', () => {
    let isFirst = true;
    const { client, clock, asked } = requestLab(inOrder, {
      serve: (line, socket) => {
        socket.write(isFirst ? `${line}\none more\n` : `${line}\n`);
        isFirst = false;
      },
    });
    const second: string[] = [];
    client.request('a').subscribe(() => client.request('b').subscribe((answer) => second.push(answer)));
    clock.advance(500);
    expect(second).toEqual(['b']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('on an idle connection costs that connection', () => {
    const { client, clock, server, pool } = requestLab(inOrder);
    record(client.request('a'));
    clock.advance(10);
    for (const socket of server.sockets) socket.write('late news\n');
    clock.advance(10);
    const answer = record(client.request('b'));
    clock.advance(10);
    expect(answer.values).toEqual(['b']);
    expect(pool.stats.opened).toBe(2);
  });
});

describe('a bad frame', () => {
  it('breaks its connection: all in flight are told why, and none that was written is asked again', () => {
    const { client, clock, pool, asked } = requestLab(inOrder, {
      serve: (line, socket) => void socket.write(`${line === 'bad' ? 'x'.repeat(2_000) : line}\n`),
    });
    const outcomes = ['a', 'bad', 'c'].map((line) => record(client.request(line, { idempotent: true })));
    clock.advance(500);
    expect(outcomes[0]!.values).toEqual(['a']);
    for (const { error } of outcomes.slice(1)) {
      expect(error).toBeInstanceOf(RequestLostError);
      expect(error).toMatchObject({
        cause: expect.any(FrameTooLargeError) as unknown,
        info: { written: true, attempts: 1 },
      });
    }
    expect(asked).toEqual(['a', 'bad', 'c']);
    expect(pool.stats).toMatchObject({ owned: 0, leases: 0 });
  });

  it('for which the connection is to blame lets what is idempotent be asked again', () => {
    let isBad = true;
    const { client, clock } = requestLab(
      { ...inOrder, frames: lines({ maxFrame: 100, onBadFrame: 'reset' }) },
      {
        serve: (line, socket) => {
          socket.write(`${isBad ? 'x'.repeat(200) : line}\n`);
          isBad = false;
        },
      },
    );
    const answer = record(client.request('a', { idempotent: true }));
    clock.advance(500);
    expect(answer.values).toEqual(['a']);
  });

  it.each(['idOf', 'isPush', 'isLast'] as const)('is one for which %s throws, too', (member) => {
    const wrong = new Error(`${member} is at a loss`);
    const fail = (): never => {
      throw wrong;
    };
    const { client, clock, pool } = requestLab({ ...inOrder, [member]: fail });
    const lost = record(client.request('a'));
    clock.advance(10);
    expect(lost.error).toMatchObject({ cause: wrong, info: { written: true } });
    expect(pool.stats).toMatchObject({ owned: 0, leases: 0 });
  });
});

describe('half a frame at the loss', () => {
  it('is no answer, nor the beginning of one on the next connection', () => {
    let asked = 0;
    const { client, clock } = requestLab(inOrder, {
      serve: (line, socket) => {
        if (asked++ > 0) socket.write(`${line}\n`);
        else socket.end('HALF');
      },
    });
    const answer = record(client.request('a', { idempotent: true }));
    clock.advance(500);
    expect(answer.values).toEqual(['a']);
  });
});

describe('a request that cannot be encoded', () => {
  it('errors by itself, without a byte sent', () => {
    const encode = (line: string): string => {
      if (line === 'bad') throw new RangeError('not that');
      return `${line}\n`;
    };
    const { client, clock, asked, pool } = requestLab({ ...inOrder, encode });
    const outcomes = ['a', 'bad', 'c'].map((line) => record(client.request(line)));
    clock.advance(10);
    expect(outcomes.map(({ values }) => values)).toEqual([['a'], [], ['c']]);
    expect(outcomes[1]!.error).toEqual(new RangeError('not that'));
    expect(asked).toEqual(['a', 'c']);
    expect(pool.stats).toMatchObject({ leases: 0, destroyed: 0 });
  });

  it('is one whose bytes are none', () => {
    const encode = (): string => 42 as unknown as string;
    const { client, clock } = requestLab({ ...inOrder, encode });
    const refused = record(client.request('a'));
    clock.advance(10);
    expect(refused.error).toEqual(new TypeError('Expected bytes (Uint8Array), got number.'));
  });

  it('may be left, and others made, while it is encoded', () => {
    const left: { unsubscribe(): void }[] = [];
    const more: string[] = [];
    const lab = requestLab({
      ...inOrder,
      encode: (line: string) => {
        if (line === 'leave') left.forEach((one) => one.unsubscribe());
        if (line === 'more') lab.client.request('made').subscribe((answer) => more.push(answer));
        return `${line}\n`;
      },
    });
    const { client, clock, asked } = lab;
    left.push(record(client.request('leave')).subscription);
    record(client.request('more'));
    const last = record(client.request('last'));
    clock.advance(10);
    expect(asked).toEqual(['more', 'last', 'made']);
    expect([last.values, more]).toEqual([['last'], ['made']]);
    expect(client.state.inFlight).toBe(0);
  });
});

describe('a server', () => {
  it('that never answers holds no more requests than are allowed', () => {
    const { client, clock, pool } = requestLab(inOrder, {
      serve: () => {},
      client: { maxInFlight: 5, lateAfter: 1_000 },
    });
    const outcomes = Array.from({ length: 8 }, () => record(client.request('a', { timeout: 100 })));
    expect(outcomes.slice(5).every(({ error }) => error instanceof RequestLimitError)).toBe(true);
    expect(outcomes[5]!.error).toMatchObject({
      code: 'RXPOOL_REQUEST_LIMIT',
      info: { maxInFlight: 5 },
      retryable: true,
    });
    clock.advance(500);
    // Those that were given up count, until their answers or the end of the connection.
    expect(record(client.request('b')).error).toBeInstanceOf(RequestLimitError);
    clock.advance(1_000);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats.leases).toBe(0);
    expect(record(client.request('c')).isOver).toBe(false);
  });

  it('that never reads holds no more bytes than are allowed', () => {
    const { client, clock, sockets, pool } = requestLab(inOrder, {
      client: { maxBuffered: 100_000, timeout: 200, lateAfter: 500 },
      server: { window: 1_000 },
    });
    record(client.request('first'));
    clock.advance(10);
    sockets[0]!.pause();
    const outcomes = Array.from({ length: 20 }, () => {
      clock.advance(1);
      return record(client.request('x'.repeat(10_000)));
    });
    clock.advance(1);
    const refused = outcomes.filter(({ error }) => error instanceof BufferFullError);
    expect(refused.length).toBeGreaterThan(8);
    expect(refused[0]!.error).toMatchObject({ info: { limit: 100_000 } });
    clock.advance(2_000);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats).toMatchObject({ leases: 0, owned: 0 });
  });

  it('that sends without end is read, and what nobody wants is not kept', () => {
    const { client, clock } = requestLab(byId, {
      serve: (line, socket) => {
        for (let i = 0; i < 5_000; i++) socket.write(`${100 + i} nobody\n`);
        socket.write(`${line}\n`);
      },
    });
    const answer = record(client.request('a'));
    clock.advance(50);
    expect(answer.values).toEqual(['a']);
  });
});

describe('what is no protocol, no pool or no option', () => {
  const { pool, client } = requestLab(inOrder);

  it.each<[string, () => unknown, string]>([
    ['no pool', () => requestClient({} as never, inOrder), 'requestClient: pass a pool'],
    ['no protocol', () => requestClient(pool, undefined as never), 'protocol must be an object'],
    ['no frames', () => requestClient(pool, { encode: () => '' } as never), 'the protocol has no frames'],
    ['no encode', () => requestClient(pool, { frames: lines() } as never), 'the protocol has no encode'],
    ['a wrong member', () => requestClient(pool, { ...inOrder, isLast: true } as never), 'isLast must be a function'],
    ['a wrong id', () => requestClient(pool, { ...inOrder, maxId: 0 }), 'protocol: maxId must be an integer from 1'],
    ['a typo', () => requestClient(pool, inOrder, { retry: 1 } as never), 'unknown option retry; known are timeout'],
    ['a wrong option', () => requestClient(pool, inOrder, { retryBudget: 2 }), 'retryBudget must be a number from 0'],
    ['a wrong request', () => client.request('a', { timeout: -1 }), 'request: timeout must be a number from 0'],
  ])('is refused: %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  it('may be an object of a class', () => {
    class Lines {
      readonly more = 1;
      readonly frames = lines();
      encode(line: string): string {
        return `${line}${this.more}\n`;
      }
    }
    const lab = requestLab(new Lines());
    const answer = record(lab.client.request('a'));
    lab.clock.advance(10);
    expect(answer.values).toEqual(['a1']);
  });
});
