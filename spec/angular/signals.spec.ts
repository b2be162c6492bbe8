import { computed, Injector, runInInjectionContext } from '@angular/core';
import { describe, expect, it } from 'vitest';
import { poolStats, poolStatus, provideRxpool } from '../../src/angular/index.js';
import { record } from '../pool/pool-lab.js';
import { application, CACHE, networkLab } from './angular-lab.js';

function signalLab() {
  const lab = networkLab();
  const { clock, network } = lab;
  const app = application([
    provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock, retry: { delay: 1_000 } } })),
  ]);
  return { ...lab, app, pool: app.get(CACHE) };
}

describe('poolStatus()', () => {
  it('has the status at once, and follows it', () => {
    const { app, pool, clock, network } = signalLab();
    const status = runInInjectionContext(app.get(Injector), () => poolStatus(pool));
    const state = computed(() => status().state);
    expect(status()).toBe(pool.status);
    expect(network.sockets.size).toBe(0);
    const seen = [state()];
    record(pool.borrow());
    seen.push(state());
    clock.advance(10);
    seen.push(state());
    for (const socket of network.sockets) socket.destroy(new Error('cut'));
    clock.advance(10);
    seen.push(state());
    expect(seen).toEqual(['idle', 'connecting', 'up', 'down']);
  });

  it('keeps the last status once the pool has closed', () => {
    const { app, pool, clock } = signalLab();
    const status = runInInjectionContext(app.get(Injector), () => poolStatus(pool));
    void pool.close();
    clock.advance(10);
    expect(status().state).toBe('closed');
  });

  it('ends with the injector that it is given', () => {
    const { app, pool } = signalLab();
    const route = application([], { parent: app });
    const status = poolStatus(pool, { injector: route.get(Injector) });
    route.destroy();
    record(pool.borrow());
    expect(pool.status.state).toBe('connecting');
    expect(status().state).toBe('idle');
  });
});

describe('poolStats()', () => {
  it('has the statistics at once, and new ones each second', () => {
    const { app, pool, clock } = signalLab();
    const stats = poolStats(pool, { injector: app.get(Injector) });
    expect(stats()).toMatchObject({ lent: 0, owned: 0 });
    record(pool.borrow());
    clock.advance(999);
    expect(stats().lent).toBe(0);
    clock.advance(2);
    expect(stats()).toMatchObject({ lent: 1, owned: 1 });
    app.destroy();
  });
});
