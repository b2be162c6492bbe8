import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Controller, Get, Inject, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { filter, firstValueFrom } from 'rxjs';
import type { Pool } from 'rxpool';
import { definePool, getPoolToken, InjectPool, RxpoolModule } from 'rxpool/nest';
import { RxpoolHealthIndicator } from 'rxpool/nest/terminus';
import { tcp } from 'rxpool/tcp';
import { afterEach, expect, it } from 'vitest';
import packageOfTerminus from '@nestjs/terminus/package.json' with { type: 'json' };

const isTwelve = packageOfTerminus.version.startsWith('12.');
let app: INestApplication | undefined;
afterEach(() => app?.close());

class Backend {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  async start(): Promise<void> {
    this.server = createServer((socket) => void this.sockets.add(socket.on('error', () => {}).resume()));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
}

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(RxpoolHealthIndicator) private readonly pools: RxpoolHealthIndicator,
    @InjectPool('cache') private readonly cache: Pool,
  ) {}

  @Get()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.pools.check('cache', this.cache)]);
  }
}

it('the health of an application is that of its pool', async () => {
  const backends = [new Backend(), new Backend()];
  for (const backend of backends) await backend.start();
  const pool = definePool(
    backends.map(({ port }) => tcp({ host: '127.0.0.1', port })),
    { name: 'cache', minPerEndpoint: 1, ready: { connections: 2 }, retry: { delay: 20, resetAfter: 0 } },
  );
  @Module({
    imports: [TerminusModule.forRoot({ logger: false }), RxpoolModule.forRoot([pool])],
    providers: [RxpoolHealthIndicator],
    controllers: [HealthController],
  })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const cache = app.get<Pool>(getPoolToken('cache'));
  const url = `${await app.getUrl()}/health`;
  const health = async (): Promise<unknown[]> => {
    const response = await fetch(url);
    const { status, details } = (await response.json()) as HealthCheckResult;
    const cache = details['cache'] as Record<string, unknown> | undefined;
    return [response.status, status, cache?.['status'], cache?.['state']];
  };
  const comes = (state: string) => firstValueFrom(cache.status$.pipe(filter((status) => status.state === state)));

  expect(await health()).toEqual([200, 'ok', 'up', 'up']);
  backends[0]!.stop();
  await comes('degraded');
  expect(await health()).toEqual(isTwelve ? [200, 'degraded', 'degraded', 'degraded'] : [200, 'ok', 'up', 'degraded']);
  backends[1]!.stop();
  await comes('down');
  expect(await health()).toEqual([503, 'error', 'down', 'down']);
  for (const backend of backends) await backend.start();
  await comes('up');
  expect(await health()).toEqual([200, 'ok', 'up', 'up']);
  for (const backend of backends) backend.stop();
});
