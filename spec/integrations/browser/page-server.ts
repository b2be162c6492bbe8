import { build } from 'esbuild';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Subject } from 'rxjs';
import { onTestFinished } from 'vitest';

const dist = join(import.meta.dirname, '../../../dist/esm');

/** The page with the built package, as one script. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    alias: { 'rxpool/websocket': join(dist, 'websocket/index.js'), rxpool: join(dist, 'index.js') },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Serves the page, and hears what it tells. */
export class PageServer {
  readonly told: unknown[][] = [];
  /** Emits after each line. */
  readonly line$ = new Subject<void>();
  private isOnline = false;
  private readonly waiting: ServerResponse[] = [];
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(private readonly script: string) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    onTestFinished(() => {
      this.server.close();
      this.server.closeAllConnections();
    });
  }

  /** The page is to be told that the network is back. */
  goOnline(): void {
    this.isOnline = true;
    for (const response of this.waiting) response.end();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (new URL(request.url!, this.url).pathname) {
      case '/':
        response.setHeader('content-type', 'text/html').end('<script type="module" src="/page.js"></script>');
        return;
      case '/page.js':
        response.setHeader('content-type', 'text/javascript').end(this.script);
        return;
      case '/told':
        this.told.push(JSON.parse(await text(request)) as unknown[]);
        response.end();
        this.line$.next();
        return;
      case '/online':
        if (this.isOnline) response.end();
        else this.waiting.push(response);
        return;
      default:
        response.writeHead(404).end();
    }
  }
}

export async function startPageServer(): Promise<PageServer> {
  const server = new PageServer(await bundle());
  await server.start();
  return server;
}
