import { concatMap, ignoreElements, tap, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError } from '../../src/index.js';
import { converse, RequestLostError } from '../../src/protocol/index.js';
import { connect } from './flow-lab.js';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type LabConfig, type Serve } from './request-lab.js';

type Prepare = NonNullable<NonNullable<LabConfig['pool']>['prepare']>;

function saying(...messages: readonly string[]): (...of: Parameters<Prepare>) => Observable<string> {
  return (socket, transport) => converse(socket, transport, inOrder, messages);
}

describe('converse', () => {
  it('speaks the protocol on every connect and reconnect, before any request', () => {
    const { client, clock, asked, server } = requestLab(inOrder, { pool: { prepare: saying('login', 'select') } });
    const first = record(client.request('a'));
    clock.advance(20);
    expect(asked).toEqual(['login', 'select', 'a']);
    server.reset();
    clock.advance(10);
    const second = record(client.request('b'));
    clock.advance(200);
    expect(asked.slice(3)).toEqual(['login', 'select', 'b']);
    expect([first.values, second.values]).toEqual([['a'], ['b']]);
  });

  it('leaves the socket as it was, so that it is not replaced after its first use', () => {
    const { client, clock, pool } = requestLab(inOrder, { pool: { prepare: saying('login', 'select') } });
    for (const line of ['a', 'b', 'c']) {
      record(client.request(line));
      clock.advance(20);
    }
    expect(pool.stats).toMatchObject({ opened: 1, idle: 1 });
  });

  it('says the next when the one before it is answered, and emits the answers', () => {
    const { clock, asked, pool } = requestLab(inOrder, {
      pool: {
        prepare: (socket, transport) =>
          converse(socket, transport, inOrder, ['nonce']).pipe(
            concatMap((nonce) => converse(socket, transport, inOrder, [`proof of ${nonce}`])),
            tap((answer) => answers.push(answer)),
            ignoreElements(),
          ),
      },
    });
    const answers: string[] = [];
    void pool.ready(1);
    clock.advance(20);
    expect(answers).toEqual(['proof of nonce']);
    expect(asked).toEqual(['nonce', 'proof of nonce']);
    expect(pool.stats.idle).toBe(1);
  });

  it('takes nothing for an answer that came before the question', () => {
    let isFirst = true;
    const answers: string[] = [];
    const { clock, pool, asked } = requestLab(inOrder, {
      serve: (line, socket) => {
        socket.write(isFirst ? `${line}\nunasked\n` : `${line}\n`);
        isFirst = false;
      },
      pool: {
        prepare: (socket, transport) =>
          saying('login', 'select')(socket, transport).pipe(tap((one) => answers.push(one))),
      },
    });
    void pool.ready(1);
    clock.advance(500);
    expect(answers).toEqual(['login', 'login', 'select']);
    expect(asked).toEqual(['login', 'login', 'select']);
    expect(pool.stats.idle).toBe(1);
  });

  it('makes an attempt of an answer that is an error, which fails', () => {
    const serve: Serve = (line, socket) => void socket.write(line === 'login' ? '!wrong password\n' : `${line}\n`);
    const { client, clock, asked } = requestLab(inOrder, {
      serve,
      pool: { prepare: saying('login', 'select'), acquireTimeout: 100 },
    });
    const refused = record(client.request('a'));
    clock.advance(100);
    expect(refused.error).toBeInstanceOf(AcquireTimeoutError);
    expect(refused.error).toMatchObject({ cause: new Error('!wrong password') });
    expect(new Set(asked)).toEqual(new Set(['login']));
  });

  it('hands on what came behind its last answer: pushes, and the beginning of one', () => {
    const serve: Serve = (line, socket) => {
      if (line === 'subscribe') {
        socket.write('subscribed\n>one\n>t');
        later.push(() => void socket.write('wo\n>three\n'));
      } else socket.write(`${line}\n`);
    };
    const later: (() => void)[] = [];
    const { client, clock, pool } = requestLab(inOrder, { serve, pool: { prepare: saying('subscribe') } });
    const pushes = record(client.pushes$);
    clock.advance(10);
    const answer = record(client.request('a'));
    later[0]!();
    clock.advance(10);
    expect(answer.values).toEqual(['a']);
    expect(pushes.values).toEqual(['>one', '>two', '>three']);
    expect(pool.stats.opened).toBe(1);
    pushes.subscription.unsubscribe();
  });

  it('keeps so many pushes for a client, and no more', () => {
    const flood =
      (pushes: number): Serve =>
      (_, socket) => {
        socket.write(`${'>x\n'.repeat(pushes)}done\n`);
      };
    const fits = requestLab(inOrder, { serve: flood(1_000), pool: { prepare: saying('a') } });
    const pushes = record(fits.client.pushes$);
    fits.clock.advance(10);
    expect(pushes.values).toHaveLength(1_000);
    pushes.subscription.unsubscribe();
    const floods = requestLab(inOrder, { serve: flood(1_001), pool: { prepare: saying('a'), acquireTimeout: 50 } });
    const refused = record(floods.client.request('a'));
    floods.clock.advance(50);
    expect(refused.error).toMatchObject({ cause: { code: 'RXPOOL_CONNECTION_LOST' } });
  });

  it('says nothing until it is subscribed to, and tells of a loss', () => {
    const { client, server, clock } = connect();
    const transport = requestLab(inOrder).network.tcp('server:7');
    const got: string[] = [];
    server.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    const talk = converse(client, transport, inOrder, ['a', 'b']);
    clock.advance(10);
    expect(got).toEqual([]);
    client.on('error', () => {});
    const answers = record(talk);
    clock.advance(10);
    expect(got).toEqual(['a\n']);
    server.resetAndDestroy();
    clock.advance(10);
    expect(answers.error).toBeInstanceOf(RequestLostError);
    expect(answers.error).toMatchObject({ info: { address: 'server:7', written: true } });
    const late = record(talk);
    expect(late.error).toMatchObject({ info: { written: false } });
  });

  it('that is left keeps the place of its answer', () => {
    const { client, server, clock } = connect();
    const transport = requestLab(inOrder).network.tcp('server:7');
    const left = record(converse(client, transport, inOrder, ['a']));
    left.subscription.unsubscribe();
    const next = record(converse(client, transport, inOrder, ['b']));
    server.write('A\nB\n');
    clock.advance(10);
    expect(next).toMatchObject({ values: ['B'], completed: true });
    expect(left.values).toEqual([]);
    expect(client.listenerCount('data')).toBe(0);
  });

  it('errors with what cannot be encoded', () => {
    const { client, clock } = connect();
    const transport = requestLab(inOrder).network.tcp('server:7');
    const encode = (): never => {
      throw new RangeError('not that');
    };
    const protocol = { ...inOrder, encode };
    const refused = record(converse(client, transport, protocol, ['a']));
    clock.advance(10);
    expect(refused.error).toEqual(new RangeError('not that'));
    expect(client.listenerCount('data')).toBe(0);
    expect(() => converse(client, transport, {} as typeof inOrder, [])).toThrow('converse: the protocol has no frames');
  });
});
