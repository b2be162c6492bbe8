import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  send,
  webSocketSubject,
  type WebSocketSubject,
  type WebSocketSubjectEvent,
} from '../../src/websocket/index.js';
import { until } from './pools.js';
import { startWebSocketServer, wsSocket, type Behaviour, type TestWebSocketServer } from './websocket-servers.js';

/** All that its connections have been told, as values. */
function recording(): { readonly behaviour: Behaviour; readonly heard: unknown[][] } {
  const heard: unknown[][] = [];
  return {
    heard,
    behaviour: (socket) => {
      const mine: unknown[] = [];
      heard.push(mine);
      socket.on('message', (data: Buffer) => mine.push(JSON.parse(data.toString())));
    },
  };
}

interface Told {
  readonly events: WebSocketSubjectEvent[];
  readonly values: unknown[];
}

/** A subject on a server, subscribed to, gone with the test. */
function watched(server: TestWebSocketServer): { readonly subject: WebSocketSubject<unknown>; readonly told: Told } {
  const subject = webSocketSubject<unknown>({ url: server.url, create: wsSocket(), retry: { delay: 10 } });
  const told: Told = { events: [], values: [] };
  const watching = subject.events$.subscribe((event) => told.events.push(event));
  watching.add(subject.subscribe((value) => told.values.push(value)));
  onTestFinished(() => watching.unsubscribe());
  return { subject, told };
}

const isUp = ({ events }: Told, type: 'connected' | 'reconnected'): boolean =>
  events.some((event) => event.type === type);

describe('a subject over a real WebSocket', () => {
  it('sends, receives and closes as that of rxjs', async () => {
    const server = await startWebSocketServer((socket) => {
      socket.on('message', (data: Buffer) => socket.send(data.toString()));
    });
    const subject = webSocketSubject<{ n: number }>({ url: server.url, WebSocketCtor: WebSocket });
    const values = firstValueFrom(subject.pipe(take(2), toArray()));
    subject.next({ n: 1 });
    subject.next({ n: 2 });
    expect(await values).toEqual([{ n: 1 }, { n: 2 }]);
    await until(() => server.clients.length === 0);
  });

  it('gives its code and reason to the server, and completes', async () => {
    const server = await startWebSocketServer();
    const { subject, told } = watched(server);
    const completed = new Promise<void>((resolve) => subject.subscribe({ complete: resolve }));
    const peer = await server.peer();
    const closed = new Promise((resolve) => peer.on('close', (code, reason) => resolve([code, String(reason)])));
    await until(() => isUp(told, 'connected'));
    subject.error({ code: 4001, reason: 'enough' });
    expect(await closed).toEqual([4001, 'enough']);
    await completed;
  });

  it.each([false, true])('loses nothing in silence over a restart (without a word: %s)', async (hard) => {
    const { behaviour, heard } = recording();
    const server = await startWebSocketServer(behaviour);
    const { subject, told } = watched(server);
    const topic = subject.multiplex(
      () => '+EUR',
      () => '-EUR',
      () => true,
    );
    const watching = topic.subscribe();
    onTestFinished(() => watching.unsubscribe());
    subject.next(1);
    await until(() => heard[0]?.length === 2);
    await server.stop({ hard });
    await until(() => subject.status.state === 'down');
    subject.next(2);
    subject.next(3);
    await server.start();
    await until(() => heard[1]?.length === 3);
    expect(heard).toEqual([
      ['+EUR', 1],
      ['+EUR', 2, 3],
    ]);
    expect(told.events.find(({ type }) => type === 'reset')).toMatchObject({
      error: { info: { code: hard ? 1006 : 1012 } },
      unsent: 0,
    });
    expect([subject.queued, subject.dropped]).toEqual([0, 0]);
  });
});

it('send() holds back where the server does not read, and goes on when it does', async () => {
  const server = await startWebSocketServer((socket) => socket.pause());
  const socket = wsSocket()({ url: server.url, protocols: [], headers: {} });
  await new Promise((resolve) => socket.once('open', resolve));
  onTestFinished(() => socket.terminate());
  const peer = await server.peer();
  const megabyte = new Uint8Array(1_048_576);
  let asked = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (; asked < 64; asked++) yield megabyte;
  }
  let bytes = 0;
  peer.on('message', (data: Buffer) => (bytes += data.length));
  const sending = firstValueFrom(
    send(socket, source(), { highWaterMark: megabyte.length, pollInterval: 1 }).pipe(filter(({ sent }) => sent === 64)),
  );
  await until(() => socket.bufferedAmount >= megabyte.length);
  expect(asked).toBeLessThan(64);
  expect(socket.bufferedAmount).toBeLessThan(3 * megabyte.length);
  peer.resume();
  expect(await sending).toEqual({ sent: 64, dropped: 0 });
  await until(() => bytes === 64 * megabyte.length);
});
