import 'reflect-metadata';
import { Inject, Injectable, Logger, Module, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Pool } from '../../src/index.js';
import { definePool, getPoolToken, InjectPool, RxpoolModule, type DefinePoolConfig } from '../../src/nest/index.js';
import { createNetwork, type SimulatedSocket } from '../../src/testing/index.js';
import { pass } from './nest-lab.js';

type Config = DefinePoolConfig<SimulatedSocket, Buffer>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function definition(config: Config, address = 'cache:1', isListening = true) {
  const network = createNetwork();
  const server = network.listen(address, (socket) => void socket.resume());
  if (!isListening) server.close();
  return { pool: definePool(network.tcp(address), config), network, server };
}

/** An application without a server of its own. */
async function start(...imports: NonNullable<Parameters<typeof Module>[0]['imports']>) {
  class App {}
  Module({ imports })(App);
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

/** Closing a connection takes its time. */
async function stop(app: { close(): Promise<void> }): Promise<void> {
  await Promise.all([app.close(), pass(2_000)]);
}

describe('a pool of the module', () => {
  it('is injected by its name, or as the one without', async () => {
    @Injectable()
    class Service {
      constructor(
        @InjectPool('cache') readonly cache: Pool,
        @InjectPool() readonly other: Pool,
      ) {}
    }
    @Module({ providers: [Service] })
    class Feature {}
    const app = await start(
      RxpoolModule.forRoot([definition({ name: 'cache', max: 3 }).pool, definition({}, 'other:1').pool]),
      Feature,
    );
    const { cache, other } = app.get(Service, { strict: false });
    expect([cache.name, other.name]).toEqual(['cache', 'default']);
    expect(app.get(getPoolToken('cache'))).toBe(cache);
    expect(app.get(getPoolToken())).toBe(other);
    await app.close();
  });

  it('of forFeature is for the module that imports it, and for no other', async () => {
    @Module({ imports: [RxpoolModule.forFeature([definition({ name: 'own' }).pool])] })
    class Feature {}
    @Injectable()
    class Stranger {
      constructor(@InjectPool('own') readonly pool: Pool) {}
    }
    @Module({ imports: [Feature], providers: [Stranger] })
    class Other {}
    await expect(start(Other)).rejects.toThrow("can't resolve dependencies");
    const app = await start(Feature);
    expect(app.get<Pool>(getPoolToken('own'), { strict: false }).name).toBe('own');
    await app.close();
  });

  it('of forRootAsync is made from what other modules provide', async () => {
    @Module({ providers: [{ provide: 'MAX', useValue: 7 }], exports: ['MAX'] })
    class Config {}
    const app = await start(
      RxpoolModule.forRootAsync([
        {
          name: 'cache',
          imports: [Config],
          inject: ['MAX'],
          useFactory: async (max: number) => definition({ max }).pool,
        },
      ]),
    );
    expect(app.get<Pool>(getPoolToken('cache')).stats.max).toBe(7);
    await app.close();
  });

  it('cannot have the name of another', () => {
    const pools = ['a', 'b', 'a'].map((name) => definition({ name }).pool);
    expect(() => RxpoolModule.forRoot(pools)).toThrow(new TypeError('RxpoolModule: there are two pools of the name a'));
    expect(() => RxpoolModule.forFeature([definition({}).pool, { useFactory: () => pools[0]! }])).toThrow(
      'two pools of the name default',
    );
  });

  it('writes to the log of Nest, but not at the level debug', async () => {
    const spies = (['debug', 'log', 'warn'] as const).map((level) =>
      vi.spyOn(Logger.prototype, level).mockReturnValue(undefined),
    );
    const { pool, server } = definition({});
    const app = await start(RxpoolModule.forRoot([pool]));
    const made = app.get<Pool>(getPoolToken());
    const acquired = made.acquire();
    await pass(10);
    (await acquired).release();
    server.close();
    server.reset();
    await pass(10);
    await app.close();
    const [debug, log, warn] = spies.map(({ mock }) => mock.calls.map(([line]) => line as string));
    expect(debug).toEqual([]);
    expect(log).toContain('pool default: closing');
    expect(warn).toEqual([expect.stringContaining('pool default: lost cache:1')]);
    for (const spy of spies) spy.mockRestore();
  });

  it('writes to a logger of its own as it is', async () => {
    const lines: string[] = [];
    const tell = (line: string): void => void lines.push(line);
    const logger: LoggerService & { debug: typeof tell } = { debug: tell, log: tell, warn: tell, error: tell };
    const starting = start(RxpoolModule.forRoot([definition({ logger, ready: true }).pool]));
    await pass(10);
    await stop(await starting);
    expect(lines).toContainEqual(expect.stringContaining('opened cache:1'));
  });
});

describe('the start of the application', () => {
  // A context is started when it is made.
  const started = async (config: Config, isListening = true) => {
    const { pool, server } = definition({ ...config, retry: { delay: 1_000 } }, 'cache:1', isListening);
    const app = start(RxpoolModule.forRoot([pool]));
    let outcome = 'waits';
    app.then(
      () => (outcome = 'started'),
      (error: unknown) => (outcome = String(error)),
    );
    return { app, server, outcome: () => outcome };
  };

  it('waits for no pool that does not ask for it', async () => {
    const { app, outcome } = await started({}, false);
    await pass(0);
    expect(outcome()).toBe('started');
    await (await app).close();
  });

  it('waits for one connection, or for as many as are asked for', async () => {
    for (const [config, count] of [
      [{ ready: true }, 1],
      [{ ready: true, min: 3 }, 3],
      [{ ready: { connections: 2 } }, 2],
    ] as const) {
      const { app, outcome, server } = await started(config, false);
      await pass(5_000);
      expect(outcome()).toBe('waits');
      server.listen();
      await pass(3_000);
      expect(outcome()).toBe('started');
      expect((await app).get<Pool>(getPoolToken()).stats.idle).toBeGreaterThanOrEqual(count);
      await stop(await app);
    }
  });

  it('fails when they are not there in time, by default after ten seconds', async () => {
    for (const [ready, time] of [
      [true, 10_000],
      [{ timeout: 500 }, 500],
    ] as const) {
      const { app, outcome } = await started({ ready }, false);
      await pass(time - 100);
      expect(outcome()).toBe('waits');
      await pass(200);
      expect(outcome()).toContain('AcquireTimeoutError');
      await expect(app).rejects.toThrow();
    }
  });
});

describe('the end of the application', () => {
  it('lends until the other hooks are through, and then waits for what is lent', async () => {
    const heard: string[] = [];
    const { pool } = definition({ ready: true });
    @Injectable()
    class Service {
      constructor(@InjectPool() readonly pool: Pool) {}
      async onModuleDestroy(): Promise<void> {
        heard.push(this.pool.status.state);
      }
      async beforeApplicationShutdown(): Promise<void> {
        heard.push(this.pool.status.state);
        const lease = await this.pool.acquire();
        setTimeout(() => {
          heard.push(this.pool.status.state);
          lease.release();
        }, 1_000);
      }
    }
    @Module({ imports: [RxpoolModule.forRoot([pool])], providers: [Service] })
    class App {}
    const starting = start(App);
    await pass(10);
    const app = await starting;
    await stop(app);
    expect(heard).toEqual(['up', 'up', 'closed']);
    expect(app.get<Pool>(getPoolToken()).stats.owned).toBe(0);
  });

  it('waits no longer for it than close says', async () => {
    const { pool } = definition({ close: { timeout: 300 } });
    const app = await start(RxpoolModule.forRoot([pool]));
    const acquired = app.get<Pool>(getPoolToken()).acquire();
    await pass(10);
    const lease = await acquired;
    let isClosed = false;
    const closed = app.close().then(() => (isClosed = true));
    await pass(250);
    expect(isClosed).toBe(false);
    await pass(100);
    await closed;
    lease.release();
  });
});

describe('a wrong option', () => {
  it.each<[object, string]>([
    [{ ready: 1 }, 'definePool: ready must be a boolean or an object, got 1'],
    [{ ready: { connections: 0 } }, 'definePool: ready: connections must be an integer from 1'],
    [{ ready: { after: 1 } }, 'definePool: ready: unknown option after'],
    [{ close: 3 }, 'definePool: close must be an object, got 3'],
    [{ name: 3 }, 'definePool: name must be a string, got 3'],
  ])('%o is refused at once', (config, message) => {
    expect(() => definition(config)).toThrow(message);
  });

  it('of the pool itself is refused when the application is made', async () => {
    const pool = definePool(createNetwork().tcp('cache:1'), { maxx: 1 } as object);
    await expect(start(RxpoolModule.forRoot([pool]))).rejects.toThrow('createPool: unknown option maxx');
  });
});

describe('the token of a pool', () => {
  it('is text, for whoever provides another in its place', () => {
    expect([getPoolToken(), getPoolToken('cache')]).toEqual(['rxpool:pool:default', 'rxpool:pool:cache']);
    class Service {
      constructor(@Inject(getPoolToken('cache')) readonly pool: Pool) {}
    }
    expect(Service).toHaveLength(1);
  });
});
