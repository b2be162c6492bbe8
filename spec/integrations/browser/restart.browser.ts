import { firstValueFrom, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { RawData } from 'ws';
import { startWebSocketServer } from '../../integration/websocket-servers.js';
import { findChromium, openPage } from './chromium.js';
import { startPageServer, type PageServer } from './page-server.js';

/** Waits for a line that the page tells. */
async function told(page: PageServer, ...line: unknown[]): Promise<unknown[]> {
  for (;;) {
    const found = page.told.find((one) => line.every((value, i) => one[i] === value));
    if (found !== undefined) return found;
    const wrong = page.told.find(([what]) => what === 'error');
    if (wrong !== undefined) throw new Error(String(wrong[1]));
    await firstValueFrom(page.line$);
  }
}

const chromium = findChromium();

it('a page in Chromium goes on after a restart of its server, and nothing is lost in silence', async (context) => {
  if (chromium === undefined) return context.skip();
  const heard: string[][] = [];
  const heard$ = new Subject<void>();
  const server = await startWebSocketServer((socket) => {
    const mine: string[] = [];
    heard.push(mine);
    socket.on('message', (data: RawData, isBinary) => {
      if (isBinary) {
        socket.send(data);
        return;
      }
      const message = (data as Buffer).toString();
      mine.push(message);
      heard$.next();
      if (message === '"+EUR"') socket.send('"EUR"');
    });
  });
  const page = await startPageServer();
  await openPage(chromium, `${page.url}?feed=${encodeURIComponent(server.url)}`);

  expect(await told(page, 'bytes')).toEqual(['bytes', true, [1, 2, 3]]);
  await told(page, 'price', 'EUR');
  await told(page, 'patient', 'connected');

  await server.stop();
  const address = server.url;
  expect(await told(page, 'feed', 'reset')).toEqual([
    'feed',
    'reset',
    { address, code: 1012, reason: 'restart', wasClean: true },
  ]);
  await told(page, 'feed', 'failed');
  await told(page, 'patient', 'reset');

  heard.length = 0;
  await server.start();
  await told(page, 'feed', 'reconnected');
  while (heard.flat().length < 2) await firstValueFrom(heard$);
  expect(heard.flat()).toEqual(['"+EUR"', '"late"']);

  page.goOnline();
  await told(page, 'patient', 'reconnected');
  expect(page.told.filter(([who, what]) => who === 'patient' && what === 'connecting')).toHaveLength(2);
});
