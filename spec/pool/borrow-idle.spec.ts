import { describe, expect, it } from 'vitest';
import { instantLab, record, stockIdle } from './pool-lab.js';

describe('a borrow of an idle connection', () => {
  it('completes behind its lease', () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    expect(record(pool.borrow())).toMatchObject({ completed: true, values: [expect.anything()] });
    expect(record(pool.borrow({ timeout: 5 })).completed).toBe(true);
  });
});
