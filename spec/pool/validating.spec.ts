import { describe, expect, it } from 'vitest';
import { afterPromises, borrowMany, instantLab, record, stockIdle, type Lab } from './pool-lab.js';

const never = (): Promise<boolean> => new Promise(() => undefined);

/** Three connections that have rested, or are being restored for longer than that. */
function threeRested(restoring: readonly number[]): Lab & { readonly validated: number[]; restored: (() => void)[] } {
  const lab = instantLab({ max: 3, hookTimeout: 60_000 });
  const validated: number[] = [];
  const restored: (() => void)[] = [];
  lab.transport.validate = ({ id }) => {
    validated.push(id);
    return validated.length === 1 ? never() : true;
  };
  lab.transport.restore = ({ id }) =>
    !restoring.includes(id) || new Promise<boolean>((resolve) => restored.push(() => resolve(true)));
  for (const lease of borrowMany(lab.pool, 3)) lease.release();
  lab.clock.advance(1_000);
  return { ...lab, validated, restored };
}

describe('connections that are validated for those who wait', () => {
  it('are as many as there are borrowers, whatever else is being restored', () => {
    const { pool, validated } = threeRested([2]);
    const first = record(pool.borrow());
    expect(pool.stats).toMatchObject({ checking: 2, idle: 1, waiting: 1 });
    record(pool.borrow());
    expect(validated).toHaveLength(2);
    expect(first.values).toHaveLength(1);
  });

  it('are no more than there are borrowers, also after something has been restored', async () => {
    const { pool, clock, validated, restored } = threeRested([2]);
    restored[0]!();
    await afterPromises();
    expect(pool.stats).toMatchObject({ idle: 3, checking: 0 });
    clock.advance(1_000);
    const waiter = record(pool.borrow());
    expect(validated).toHaveLength(1);
    expect(waiter.values).toEqual([]);
    expect(pool.stats).toMatchObject({ checking: 1, idle: 2, waiting: 1 });
  });

  it('are counted no longer once they have answered', async () => {
    const { pool, transport, clock } = instantLab({ max: 2, hookTimeout: 60_000 });
    const answers: ((ok: boolean) => void)[] = [];
    transport.validate = () => new Promise((resolve) => answers.push(resolve));
    stockIdle(pool, 2);
    clock.advance(1_000);
    const before = record(pool.borrow());
    answers[0]!(true);
    await afterPromises();
    before.only.release();
    clock.advance(1_000);
    record(pool.borrow());
    record(pool.borrow());
    expect(answers).toHaveLength(3);
    expect(pool.stats).toMatchObject({ checking: 2, waiting: 2 });
  });

  it('have their own time, whatever else is due before', () => {
    const { pool, transport, clock } = instantLab({ max: 1, hookTimeout: 1_000 });
    transport.validate = never;
    stockIdle(pool, 1);
    clock.advance(1_000);
    record(pool.borrow());
    const impatient = record(pool.borrow({ timeout: 5 }));
    clock.advance(999);
    expect(impatient.failed).toBe(true);
    expect(pool.stats).toMatchObject({ checking: 1, closed: 0 });
    clock.advance(1);
    expect(pool.stats).toMatchObject({ checking: 0, closed: 1 });
  });
});
