import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import {
  autoscale,
  createPool,
  type AutoscaleConfig,
  type AutoscaleDecision,
  type Pool,
  type ScalablePool,
} from 'rxpool';
import { tcp } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

declare const pool: Pool<Socket, Buffer>;

describe('autoscale', () => {
  it('takes any pool', () => {
    expectTypeOf<Pool<Socket, Buffer>>().toExtend<ScalablePool>();
    expectTypeOf<Pool>().toExtend<ScalablePool>();
    autoscale(createPool(tcp(5000)), { min: 1, max: 5 });
  });

  it('emits decisions', () => {
    expectTypeOf(autoscale(pool, { min: 1, max: 5 })).toEqualTypeOf<Observable<AutoscaleDecision>>();
    expectTypeOf<AutoscaleDecision['reason']>().toEqualTypeOf<string>();
    expectTypeOf<AutoscaleDecision['from' | 'to' | 'at' | 'demand' | 'backlog' | 'wait']>().toEqualTypeOf<number>();
  });

  it('requires its bounds and refuses what it does not know', () => {
    const config: AutoscaleConfig = { min: 1, max: 5, target: 0.5 };
    autoscale(pool, config);
    // @ts-expect-error -- no bounds
    autoscale(pool);
    // @ts-expect-error -- no upper bound
    autoscale(pool, { min: 1 });
    // @ts-expect-error -- no such option
    autoscale(pool, { min: 1, max: 5, step: 3 });
    // @ts-expect-error -- a size is a number
    autoscale(pool, { min: '1', max: 5 });
    // @ts-expect-error -- not a pool
    autoscale({ max: 5 }, { min: 1, max: 5 });
  });
});
