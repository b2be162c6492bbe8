import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, type BorrowConfig, type Holder } from '../../src/index.js';
import { borrowMany, borrowNow, instantLab, record, type FakePool, type Lab } from './pool-lab.js';

function timeoutOf({ pool, clock }: Pick<Lab, 'pool' | 'clock'>, config: BorrowConfig = {}): AcquireTimeoutError {
  const waits = record(pool.borrow({ timeout: 10, ...config }));
  clock.advance(10);
  expect(waits.error).toBeInstanceOf(AcquireTimeoutError);
  return waits.error as AcquireTimeoutError;
}

/** The holders that a timeout tells of. */
function holdersOf(lab: Pick<Lab, 'pool' | 'clock'>): { holders: readonly Holder[]; text: string } {
  const error = timeoutOf(lab);
  return { holders: error.info.holders, text: error.message };
}

const ask = (pool: FakePool, label: string): unknown => record(pool.borrow({ label }));

describe('a timeout error', () => {
  it('tells of each lease with a label who has what and since when', () => {
    const lab = instantLab({ max: 3 });
    ask(lab.pool, 'import');
    lab.clock.advance(100);
    ask(lab.pool, 'export');
    borrowNow(lab.pool);
    const { holders, text } = holdersOf(lab);
    expect(holders).toEqual([
      { endpoint: 'fake:1', slot: 0, held: 110, label: 'import' },
      { endpoint: 'fake:1', slot: 1, held: 10, label: 'export' },
    ]);
    expect(text).toContain('import has fake:1 #0 for 110 ms');
    expect(text).toContain('export has fake:1 #1 for 10 ms; 1 more without a label)');
  });

  it('tells of all leases with `leakAfter`, and where they were borrowed', () => {
    const lab = instantLab({ max: 2, leakAfter: 60_000 });
    ask(lab.pool, 'import');
    borrowNow(lab.pool);
    const stack = expect.stringContaining('holders.spec') as unknown;
    const { holders, text } = holdersOf(lab);
    expect(holders).toEqual([
      { endpoint: 'fake:1', slot: 0, held: 10, label: 'import', stack },
      { endpoint: 'fake:1', slot: 1, held: 10, stack },
    ]);
    expect(text).toContain('somebody has fake:1 #1 for 10 ms)');
    expect(text).not.toContain('holders.spec');
  });

  it('tells nothing of leases that have ended', () => {
    const lab = instantLab({ max: 1 });
    record(lab.pool.borrow({ label: 'done' })).only.release();
    ask(lab.pool, 'at it');
    expect(holdersOf(lab).holders).toMatchObject([{ label: 'at it' }]);
  });

  it('tells of every lease of a shared connection', () => {
    const lab = instantLab({ max: 1, concurrency: 3 });
    for (const label of ['a', 'b', 'c']) ask(lab.pool, label);
    expect(holdersOf(lab).holders.map(({ label, slot }) => [label, slot])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
  });

  it('counts the leases of a shared connection that have no label', () => {
    const lab = instantLab({ max: 1, concurrency: 4 });
    ask(lab.pool, 'a');
    borrowMany(lab.pool, 3);
    const error = timeoutOf(lab);
    expect(error.info).toMatchObject({ lent: 1, leases: 4 });
    expect(error.message).toContain('a has fake:1 #0 for 10 ms; 3 more without a label)');
  });

  it('tells of nobody where nobody has said who he is', () => {
    const lab = instantLab({ max: 2 });
    borrowMany(lab.pool, 2);
    const { holders, text } = holdersOf(lab);
    expect(holders).toEqual([]);
    expect(text).not.toContain('label');
  });

  it('tells of nobody where nobody has said who he is, shared or not', () => {
    const lab = instantLab({ max: 1, concurrency: 2 });
    borrowMany(lab.pool, 2);
    expect(holdersOf(lab).holders).toEqual([]);
  });

  it('names those who have held longest, and counts the others', () => {
    const lab = instantLab({ max: 12 });
    for (let i = 0; i < 12; i++) {
      ask(lab.pool, `job ${String(i)}`);
      lab.clock.advance(1);
    }
    const { holders, text } = holdersOf(lab);
    expect(holders).toHaveLength(12);
    expect(text).toContain('job 0 has');
    expect(text).not.toContain('job 11 has');
    expect(text).toContain('2 more');
  });
});

describe('whoever waits in vain', () => {
  it('is named in its timeout error, and in no other', () => {
    const lab = instantLab({ max: 1, name: 'shop' });
    borrowNow(lab.pool);
    const import_ = timeoutOf(lab, { label: 'import' });
    expect(import_.message).toMatch(/^pool shop: no connection within 10 ms for import \(/);
    expect(import_.info).toMatchObject({ label: 'import', waited: 10, timeout: 10 });
    const nobody = timeoutOf(lab);
    expect(nobody.message).toMatch(/^pool shop: no connection within 10 ms \(/);
    expect(nobody.info).not.toHaveProperty('label');
  });
});
