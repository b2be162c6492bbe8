import { Injector, runInInjectionContext } from '@angular/core';
import { describe, expect, it } from 'vitest';
import { poolStats, poolStatus, provideRxpool } from '../../src/angular/index.js';
import { PoolClosedError } from '../../src/index.js';
import { record } from '../pool/pool-lab.js';
import { application, CACHE, networkLab } from './angular-lab.js';

describe('during server rendering', () => {
  it('the pool is there, without its factory having been called', () => {
    let made = 0;
    const app = application(
      [
        provideRxpool(CACHE, () => {
          made++;
          return { source: [] };
        }),
      ],
      { platform: 'server' },
    );
    expect(app.get(CACHE).status.state).toBe('closed');
    expect(made).toBe(0);
    app.destroy();
  });

  it('dials nothing, also not for `min`', () => {
    const { clock, network } = networkLab();
    const provided = provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock, min: 1 } }));
    const server = application([provided], { platform: 'server' });
    server.get(CACHE);
    clock.advance(100);
    expect(network.sockets.size).toBe(0);

    application([provided]).get(CACHE);
    clock.advance(100);
    expect(network.sockets.size).toBeGreaterThan(0);
  });

  it('fails at once whoever borrows, and says why', async () => {
    const pool = application([provideRxpool(CACHE, () => ({ source: [] }))], { platform: 'server' }).get(CACHE);
    const { error } = record(pool.borrow());
    expect(error).toBeInstanceOf(PoolClosedError);
    expect(error).toMatchObject({ message: 'pool cache (server rendering) is closed' });
    await expect(pool.acquire()).rejects.toThrow(PoolClosedError);
    expect(record(pool.use(() => [1])).error).toBeInstanceOf(PoolClosedError);
  });

  it('the signals have a value', () => {
    const app = application([provideRxpool(CACHE, () => ({ source: [] }))], { platform: 'server' });
    runInInjectionContext(app.get(Injector), () => {
      expect(poolStatus(app.get(CACHE))().state).toBe('closed');
      expect(poolStats(app.get(CACHE))()).toMatchObject({ owned: 0, waiting: 0 });
    });
  });
});
