import type { Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import * as after from '../../docs/examples/migrating/rxjs-websocket/prices-after.js';
import * as before from '../../docs/examples/migrating/rxjs-websocket/prices-before.js';
import { until } from './pools.js';
import { startWebSocketServer, type Behaviour } from './websocket-servers.js';

type Message = after.Message;

interface Feed {
  readonly prices: (symbol: string) => Observable<Message>;
  readonly next: (message: Message) => void;
}

const Ctor = WebSocket as unknown as typeof globalThis.WebSocket;

function openBefore(url: string): Feed {
  const feed = before.openFeed(url, Ctor);
  return { prices: (symbol) => before.pricesOf(feed, symbol), next: (message) => feed.next(message) };
}

function openAfter(url: string): Feed {
  const feed = after.openFeed(url, Ctor);
  return { prices: (symbol) => after.pricesOf(feed, symbol), next: (message) => feed.next(message) };
}

/** A server that gives a price for each subscription. */
function exchange(): { readonly behaviour: Behaviour; readonly heard: Message[] } {
  const heard: Message[] = [];
  const behaviour: Behaviour = (socket) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      heard.push(message);
      if (message.subscribe !== undefined)
        socket.send(JSON.stringify({ symbol: message.subscribe, price: heard.length }));
    });
  };
  return { behaviour, heard };
}

describe.each([
  ['rxjs', openBefore],
  ['rxpool', openAfter],
])('%s', (_name, open) => {
  it('gives each subscriber the prices of its symbol, over one connection', async () => {
    const { behaviour, heard } = exchange();
    const server = await startWebSocketServer(behaviour);
    const feed = open(server.url);
    const prices: Message[] = [];
    const euro = feed.prices('EUR').subscribe((message) => prices.push(message));
    const yen = feed.prices('JPY').subscribe((message) => prices.push(message));
    feed.next({ symbol: 'hello' });
    await until(() => prices.length === 2 && heard.length === 3);
    yen.unsubscribe();
    await until(() => heard.length === 4);
    expect(server.requests).toHaveLength(1);
    euro.unsubscribe();
    await until(() => server.clients.length === 0);
    expect(prices.map(({ symbol }) => symbol)).toEqual(['EUR', 'JPY']);
    expect(heard.slice(0, 4)).toEqual([
      { subscribe: 'EUR' },
      { subscribe: 'JPY' },
      { symbol: 'hello' },
      { unsubscribe: 'JPY' },
    ]);
  });
});

describe('a server that restarts in good order', () => {
  it('rxjs: the stream completes', async () => {
    const server = await startWebSocketServer(exchange().behaviour);
    const feed = openBefore(server.url);
    const completed = new Promise<void>((resolve) => {
      feed.prices('EUR').subscribe({ next: () => server.clients[0]?.close(1000), complete: resolve });
    });
    await completed;
    expect(server.requests).toHaveLength(1);
  });

  it('rxpool: it goes on', async () => {
    const server = await startWebSocketServer(exchange().behaviour);
    const prices: Message[] = [];
    const watching = openAfter(server.url)
      .prices('EUR')
      .subscribe((message) => {
        if (prices.push(message) === 1) server.clients[0]?.close(1000);
      });
    onTestFinished(() => watching.unsubscribe());
    await until(() => prices.length === 2);
    expect(server.requests).toHaveLength(2);
  });
});
