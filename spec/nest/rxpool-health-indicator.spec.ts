import 'reflect-metadata';
import { HealthIndicatorService } from '@nestjs/terminus';
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { RxpoolHealthIndicator } from '../../src/nest/terminus/index.js';
import { createNetwork, VirtualClock } from '../../src/testing/index.js';

function lab() {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  const servers = ['a:1', 'b:1'].map((address) => network.listen(address, (socket) => void socket.resume()));
  const pool = createPool(
    servers.map(({ address }) => network.tcp(address)),
    { clock, random: () => 0.5, minPerEndpoint: 1, retry: { delay: 60_000 } },
  );
  return { clock, servers, pool };
}

/** As Terminus 12 has it. */
class Terminus12 extends HealthIndicatorService {
  override check<const Key extends string>(key: Key) {
    const degraded = (data: object) => ({ [key]: { ...data, status: 'degraded' } });
    return Object.assign(super.check(key), { degraded });
  }
}

describe('the health of a pool', () => {
  const indicators = {
    11: new RxpoolHealthIndicator(new HealthIndicatorService()),
    12: new RxpoolHealthIndicator(new Terminus12()),
  };

  it('is up, degraded and down with its servers; Terminus 11 has no degraded', async () => {
    const { clock, servers, pool } = lab();
    const seen = (): unknown[] => [indicators[11], indicators[12]].map((one) => one.check('cache', pool).cache.status);
    expect(seen()).toEqual(['up', 'up']);
    clock.advance(10);
    expect(seen()).toEqual(['up', 'up']);
    servers[0]!.close();
    servers[0]!.reset();
    clock.advance(10);
    expect(seen()).toEqual(['up', 'degraded']);
    servers[1]!.close();
    servers[1]!.reset();
    clock.advance(10);
    expect(seen()).toEqual(['down', 'down']);
    for (const server of servers) server.listen();
    clock.advance(61_000);
    expect(seen()).toEqual(['up', 'up']);
    const closed = pool.close();
    expect(seen()).toEqual(['down', 'down']);
    clock.advance(1_000);
    await closed;
  });

  it('says what it is made of', async () => {
    const { clock, servers, pool } = lab();
    clock.advance(10);
    expect(indicators[12].check('cache', pool)).toEqual({
      cache: {
        status: 'up',
        state: 'up',
        endpoints: { 'a:1': 'up', 'b:1': 'up' },
        connections: { idle: 2, lent: 0 },
        waiting: 0,
      },
    });
    servers[0]!.reset();
    servers[0]!.close();
    clock.advance(10);
    expect(indicators[12].check('cache', pool)).toMatchObject({
      cache: { endpoints: { 'a:1': 'down', 'b:1': 'up' }, error: expect.stringContaining('a:1') as string },
    });
    const closed = pool.close();
    clock.advance(1_000);
    await closed;
  });

  it('is down for a pool that has given up', async () => {
    const clock = new VirtualClock();
    const pool = createPool(createNetwork({ clock }).tcp('a:1'), { clock, min: 1, retry: { count: 0 } });
    clock.advance(10);
    expect(pool.status.state).toBe('failed');
    expect(indicators[11].check('cache', pool).cache.status).toBe('down');
    const closed = pool.close();
    clock.advance(1_000);
    await closed;
  });
});
