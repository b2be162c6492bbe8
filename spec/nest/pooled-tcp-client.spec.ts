import { Logger } from '@nestjs/common';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestTimeoutError } from '../../src/protocol/index.js';
import { record } from '../pool/pool-lab.js';
import { echo, frameOf, nestLab, pass, type Serve } from './nest-lab.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const silence: Serve = () => {};

describe('a request', () => {
  it('goes as a packet of Nest, with an id of text, and completes with its answer', async () => {
    const { client, asked } = nestLab();
    const answer = record(client.send({ cmd: 'é😀' }, [1, 2]));
    await pass(10);
    expect(asked).toEqual([{ id: '1', pattern: { cmd: 'é😀' }, data: [1, 2] }]);
    expect(answer).toMatchObject({ values: [[1, 2]], completed: true });
    await close(client);
  });

  it('gets its own answer, in whatever order they come', async () => {
    const ids: string[] = [];
    const { client } = nestLab(({ id }, socket) => {
      ids.unshift(id!);
      if (ids.length === 3) {
        socket.write(ids.map((one) => frameOf({ id: one, response: `to ${one}`, isDisposed: true })).join(''));
      }
    });
    const answers = ['a', 'b', 'c'].map((text) => record(client.send('x', text)));
    await pass(10);
    expect(answers.map(({ values }) => values)).toEqual([['to 1'], ['to 2'], ['to 3']]);
    await close(client);
  });

  it('emits each response of a stream, and completes with the one that is disposed', async () => {
    const { client } = nestLab(({ id }, socket) => {
      socket.write(frameOf({ id, response: 0 }));
      socket.write(frameOf({ id, response: 1 }));
      socket.write(frameOf({ id, isDisposed: true }));
    });
    const answers = record(client.send('stream', 1));
    await pass(10);
    expect(answers).toMatchObject({ values: [0, 1], completed: true });
    await close(client);
  });

  it('errors with what the server says, as it says it, and its connection goes on', async () => {
    const { client } = nestLab(({ id, data }, socket) => {
      socket.write(frameOf(data === 'bad' ? { id, err: { message: 'no' } } : { id, response: data, isDisposed: true }));
    });
    await Promise.all([client.connect(), pass(10)]);
    const answers = [record(client.send('x', 'bad')), record(client.send('x', 'good'))];
    await pass(10);
    expect(answers.map(({ error, values }) => error ?? values)).toEqual([{ message: 'no' }, ['good']]);
    expect(client.pool.stats).toMatchObject({ owned: 1, destroyed: 0, leases: 0 });
    await close(client);
  });

  it('errors with Nest’s exception without a pattern or data', async () => {
    const { client } = nestLab();
    for (const sent of [client.send(undefined, 1), client.send('x', null), client.emit(null, 1)]) {
      expect(record(sent).error).toMatchObject({
        message: expect.stringContaining('invalid data or message') as string,
      });
    }
  });

  it('errors after requestTimeout, or its own timeout, and the others go on', async () => {
    const { client } = nestLab(silence, { requestTimeout: 500 });
    const late = record(client.send('x', 1));
    const later = record(client.send('x', 1, { timeout: 2_000 }));
    await pass(510);
    expect(late.error).toBeInstanceOf(RequestTimeoutError);
    expect(later.error).toBeUndefined();
    await pass(1_500);
    expect(later.error).toBeInstanceOf(RequestTimeoutError);
    await close(client);
  });

  it('errors with the reason of its signal, even where that says nothing', async () => {
    const { client } = nestLab(silence);
    const controller = new AbortController();
    const answer = record(client.send('x', 1, { signal: controller.signal }));
    await pass(10);
    controller.abort(null);
    expect(answer).toMatchObject({ error: new Error('null'), completed: false });
    await close(client);
  });

  it('is lost with its connection, and an idempotent one is asked elsewhere', async () => {
    const { client, servers, by } = nestLab(
      silence,
      { idempotent: ({ pattern }) => pattern === 'get', pool: { retry: { delay: 60_000 } } },
      ['a:1', 'b:1'],
    );
    await Promise.all([client.connect(), pass(10)]);
    const answers = ['get', 'set', 'get', 'set'].map((pattern) => record(client.send(pattern, 1)));
    await pass(10);
    expect(by.sort()).toEqual(['a:1', 'a:1', 'b:1', 'b:1']);
    servers[0]!.close();
    servers[0]!.reset();
    await pass(100);
    const lost = answers.filter(({ error }) => error !== undefined);
    expect(lost.map(({ error }) => error)).toMatchObject(
      lost.map(() => ({ code: 'RXPOOL_CONNECTION_LOST', info: { address: 'a:1', written: true } })),
    );
    expect(by).toHaveLength(4 + (2 - lost.length));
    expect(lost).not.toContain(answers[0]);
    expect(lost).not.toContain(answers[2]);
    for (const { subscription } of answers) subscription.unsubscribe();
    await close(client);
  });

  it('is spread over the servers evenly', async () => {
    const { client, by } = nestLab(echo, {}, ['a:1', 'b:1']);
    await Promise.all([client.pool.ready(2), pass(10)]);
    for (let i = 0; i < 10; i++) record(client.send('x', i));
    await pass(10);
    expect(by.filter((address) => address === 'a:1')).toHaveLength(5);
    await close(client);
  });
});

describe('bad input from a server', () => {
  it.each([
    ['a packet without an id', { response: 'stray', isDisposed: true }],
    ['a packet with an unknown id', { id: '99', response: 'stray', isDisposed: true }],
    ['an id that is almost one of ours', { id: '01', response: 'stray', isDisposed: true }],
  ])('%s is told by unexpected$, and harms nobody', async (_what, stray) => {
    const { client } = nestLab(({ id }, socket) => {
      socket.write(frameOf(stray) + frameOf({ id, response: 'mine', isDisposed: true }));
    });
    const unexpected = record(client.unexpected$);
    const answer = record(client.send('x', 1));
    await pass(10);
    expect(answer.values).toEqual(['mine']);
    expect(unexpected.values).toEqual([stray]);
    expect(client.pool.stats.destroyed).toBe(0);
    unexpected.subscription.unsubscribe();
    await close(client);
  });

  it('an answer to nobody on an idle connection costs that connection', async () => {
    const { client, servers } = nestLab();
    await Promise.all([client.connect(), pass(10)]);
    const events = record(client.pool.events$);
    for (const socket of servers[0]!.sockets) socket.write(frameOf({ id: '7', response: 1 }));
    await pass(1_000);
    const answer = record(client.send('x', 'mine'));
    await pass(100);
    expect(answer.values).toEqual(['mine']);
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'closed', reason: 'unhealthy' }));
    await close(client);
  });

  it.each([
    ['what is no JSON', '3#{a}', 'RXPOOL_FRAME_MALFORMED'],
    ['a corrupt length', 'x3#{}', 'RXPOOL_FRAME_MALFORMED'],
    ['a length over maxBufferSize', '101#{', 'RXPOOL_FRAME_TOO_LARGE'],
  ])('%s costs the connection, and each request on it errors with the cause', async (_what, text, code) => {
    const { client } = nestLab(
      ({ data }, socket) => {
        if (data === 2) socket.write(text);
      },
      { maxBufferSize: 100 },
    );
    const events = record(client.pool.events$);
    const answers = [record(client.send('x', 1)), record(client.send('x', 2))];
    await pass(10);
    for (const { error } of answers) {
      expect(error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST', cause: { code } });
    }
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'destroyed' }));
    await close(client);
  });

  it('half a packet that stays half costs the connection after incompleteMessageTimeout', async () => {
    const { client } = nestLab((_packet, socket) => void socket.write('50#{"id"'), { incompleteMessageTimeout: 200 });
    const answer = record(client.send('x', 1));
    await pass(150);
    expect(answer.error).toBeUndefined();
    await pass(100);
    expect(answer.error).toMatchObject({ cause: { code: 'RXPOOL_FRAME_MALFORMED' } });
    await close(client);
  });
});

describe('an event', () => {
  it('goes without an id and with its pattern as a route, and completes when it is written', async () => {
    const { client, asked } = nestLab();
    const sent = record(client.emit({ cmd: 'b', a: 1 }, { x: 1 }));
    await pass(10);
    expect(asked).toEqual([{ pattern: '{"a":1,"cmd":"b"}', data: { x: 1 } }]);
    expect(sent).toMatchObject({ values: [undefined], completed: true });
    expect(client.pool.stats.leases).toBe(0);
    await close(client);
  });

  it('goes without a subscriber, and tells one who comes late', async () => {
    const { client, asked } = nestLab();
    const sent = client.emit('x', 1);
    await pass(10);
    expect(asked).toHaveLength(1);
    await expect(lastValueFrom(sent)).resolves.toBeUndefined();
    expect(asked).toHaveLength(1);
    await close(client);
  });

  it('errors when it is not written within requestTimeout, and is in the log if nobody listens', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const { client, servers } = nestLab(echo, { requestTimeout: 500 });
    servers[0]!.close();
    const heard = record(client.emit('heard', 1));
    client.emit('unheard', 1);
    await pass(600);
    expect(heard.error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
    expect(log.mock.calls.map(([line]) => line as string)).toEqual([expect.stringContaining('event unheard was lost')]);
    log.mockRestore();
    await close(client);
  });

  it('errors when its connection is lost while it is written', async () => {
    const { client, servers, network } = nestLab(echo);
    await Promise.all([client.connect(), pass(10)]);
    for (const socket of network.sockets) {
      socket.write = ((_frame: string, told: (error: Error) => void) => {
        setTimeout(() => told(new Error('gone')), 5);
        return true;
      }) as never;
    }
    const sent = record(client.emit('x', 1));
    servers[0]!.reset();
    await pass(50);
    expect(sent.error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST', info: { written: true } });
    await close(client);
  });

  it('is refused where the server does not read what is there already', async () => {
    const { client } = nestLab(silence, { maxSendBufferSize: 100 });
    const sent = record(client.emit('x', 'y'.repeat(200)));
    await pass(10);
    expect(sent.error).toMatchObject({ code: 'RXPOOL_BUFFER_FULL', info: { limit: 100 } });
    expect(client.pool.stats).toMatchObject({ leases: 0, owned: 1 });
    await close(client);
  });
});

describe('the client', () => {
  it('has one connection to each server, and no more than two where many ask before the first is there', async () => {
    const { client, servers } = nestLab(echo, {}, ['a:1', 'b:1']);
    for (let i = 0; i < 100; i++) record(client.send('x', i));
    await pass(100);
    for (const { sockets } of servers) expect([1, 2]).toContain(sockets.size);
    await pass(60_000);
    expect(servers.map(({ sockets }) => sockets.size)).toEqual([1, 1]);
    await close(client);
  });

  it('makes and dials nothing before it is used, whoever watches it', async () => {
    const { client, network } = nestLab();
    const status = record(client.status);
    client.on('connect', () => {});
    await pass(1_000);
    expect([network.sockets.size, status.values]).toEqual([0, []]);
    status.subscription.unsubscribe();
    await close(client);
  });

  it('tells whether a server is connected to, and of each connection', async () => {
    const { client, servers } = nestLab();
    const status = record(client.status);
    const heard: unknown[] = [];
    client.on('connect', () => heard.push('connect'));
    client.on('error', (error) => heard.push(String(error)));
    await Promise.all([client.connect(), pass(10)]);
    expect(status.values).toEqual(['connected']);
    servers[0]!.close();
    servers[0]!.reset();
    await pass(10);
    expect(status.values).toEqual(['connected', 'disconnected']);
    expect(heard.slice(0, 2)).toEqual(['connect', expect.stringContaining('ECONNRESET')]);
    servers[0]!.listen();
    await pass(60_000);
    expect(status.values).toEqual(['connected', 'disconnected', 'connected']);
    await close(client);
    expect(status.values.at(-1)).toBe('disconnected');
  });

  it('lets a request under way finish when it closes, and takes no further one', async () => {
    const { client } = nestLab(({ id }, socket) => {
      setTimeout(() => socket.write(frameOf({ id, response: 'late', isDisposed: true })), 500);
    });
    const answer = record(client.send('x', 1));
    await pass(10);
    const closed = client.close();
    const refused = record(client.send('x', 2));
    await pass(600);
    await closed;
    expect(answer.values).toEqual(['late']);
    expect(refused.error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
  });

  it('goes by the serializer and the deserializer, which may be late', async () => {
    const { client, asked } = nestLab(({ id, data }, socket) => void socket.write(frameOf({ back: data, of: id })), {
      serializer: { serialize: (packet: object) => ({ ...packet, data: 'sealed' }) },
      deserializer: {
        deserialize: async ({ back, of }: { back: string; of: string }) => {
          return { id: of, response: `${back}, opened`, isDisposed: true };
        },
      },
    });
    const answers = Promise.all([
      firstValueFrom(client.send('x', 1)),
      lastValueFrom(client.send('x', 2).pipe(toArray())),
    ]);
    await pass(10);
    expect(await answers).toEqual(['sealed, opened', ['sealed, opened']]);
    expect(asked).toMatchObject([{ data: 'sealed' }, { data: 'sealed' }]);
    await close(client);
  });

  it('takes what is no packet of Nest for the answer, as Nest does', async () => {
    const { client } = nestLab(({ id }, socket) => void socket.write(frameOf({ id, temperature: 7 })));
    const answer = record(client.send('x', 1));
    await pass(10);
    expect(answer).toMatchObject({ values: [{ id: '1', temperature: 7 }], completed: true });
    await close(client);
  });

  it('asks the hook of Nest 12 about each packet', async () => {
    const { client, asked } = nestLab();
    Object.assign(client, { onDispatchHook: (packet: object) => Object.assign(packet, { metadata: { trace: 1 } }) });
    record(client.send('x', 1));
    record(client.emit('y', 1));
    await pass(10);
    expect(asked).toMatchObject([{ metadata: { trace: 1 } }, { metadata: { trace: 1 } }]);
    await close(client);
  });

  it('gives its pool for unwrap', async () => {
    const { client } = nestLab();
    expect(client.unwrap()).toBe(client.pool);
    await close(client);
  });
});

async function close(client: { close(): Promise<void> }): Promise<void> {
  await Promise.all([client.close(), pass(20_000)]);
}
