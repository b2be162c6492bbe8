// An HTTP application of Nest with a pool, in plain JavaScript. What it is made of comes as modules that were imported,
// or required.
import console from 'node:console';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';

const say = (line) => console.log(line);

export async function boot({ common, core, nest, microservices, terminus, tcp }) {
  const { Controller, Get, Module } = common;
  const waiting = [];
  const backend = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      say(`asked ${data}`);
      waiting.push(() => socket.write(`answer to ${data}`));
    });
  }).listen(0, '127.0.0.1');
  backend.unref();
  await once(backend, 'listening');
  createInterface({ input: process.stdin.unref() }).on('line', () => waiting.shift()());

  class AppController {
    constructor(pool) {
      this.pool = pool;
    }
    async slow() {
      const ask = (text) =>
        this.pool.run(async (socket) => {
          socket.write(text);
          const [data] = await once(socket, 'data');
          return String(data);
        });
      return `${await ask('one')}, ${await ask('two')}`;
    }
    onModuleDestroy() {
      say('shutting down');
    }
    onApplicationShutdown() {
      say(`shut down ${this.pool.name}`);
    }
  }
  nest.InjectPool('backend')(AppController, undefined, 0);
  Get()(AppController.prototype, 'slow', Object.getOwnPropertyDescriptor(AppController.prototype, 'slow'));
  Controller()(AppController);

  class AppModule {}
  const source = tcp.tcp({ host: '127.0.0.1', port: backend.address().port });
  Module({
    imports: [nest.RxpoolModule.forRoot([nest.definePool(source, { name: 'backend', ready: true })])],
    controllers: [AppController],
  })(AppModule);

  // They load; what they do is tested elsewhere.
  if (typeof microservices.PooledTcpClient !== 'function') throw new Error('no client');
  if (typeof terminus.RxpoolHealthIndicator !== 'function') throw new Error('no indicator');

  const app = await core.NestFactory.create(AppModule, { logger: ['error'] });
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  say(`listening ${app.getHttpServer().address().port}`);
}
