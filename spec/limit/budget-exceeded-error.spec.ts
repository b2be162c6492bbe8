import { describe, expect, it } from 'vitest';
import type { BudgetPicture } from '../../src/limit/budget-picture.js';
import { BudgetExceededError } from '../../src/limit/budget-exceeded-error.js';
import { RxpoolError } from '../../src/endpoint/rxpool-error.js';

const picture: BudgetPicture = {
  limit: 50,
  used: 50,
  waiting: 3,
  members: [
    { name: 'shop', used: 8, waiting: 2 },
    { name: 'mail', used: 40, waiting: 0 },
  ],
};

describe('a BudgetExceededError', () => {
  it('says who holds the permits, to people and to programs', () => {
    const error = new BudgetExceededError({ pool: 'shop', waited: 12.4, budget: picture });

    expect(error).toMatchObject({
      name: 'BudgetExceededError',
      code: 'RXPOOL_BUDGET_EXCEEDED',
      retryable: true,
      info: { pool: 'shop', waited: 12.4, budget: picture },
    });
    expect(error.message).toBe(
      'pool shop: no leave for a further socket within 12 ms (budget: 50 of 50 used, 3 waited for; mail has 40, waits for 0; shop has 8, waits for 2)',
    );
    expect(error).toBeInstanceOf(RxpoolError);
    expect('cause' in error).toBe(false);
  });

  it('has the cause that it is given', () => {
    const cause = new Error('refused');
    expect(new BudgetExceededError({ pool: 'shop', waited: 1, budget: picture }, cause).cause).toBe(cause);
  });

  it('names the largest of many members, and counts the others', () => {
    const members = Array.from({ length: 13 }, (_, used) => ({ name: `m${used}`, used, waiting: 0 }));
    const { message } = new BudgetExceededError({ pool: 'shop', waited: 1, budget: { ...picture, members } });

    expect(message).toContain('; m12 has 12');
    expect(message).toContain('; m3 has 3');
    expect(message).not.toContain('m2 has');
    expect(message.endsWith('; 3 members more)')).toBe(true);
  });

  it('tells the timeout that was asked for, and names the borrower', () => {
    const error = new BudgetExceededError({
      pool: 'shop',
      waited: 12.4,
      timeout: 10,
      label: 'import',
      budget: picture,
    });
    expect(error.message).toContain('pool shop: no leave for a further socket within 10 ms for import (budget: ');
    expect(error.info).toMatchObject({ waited: 12.4, timeout: 10, label: 'import' });
  });

  it('does not reorder the picture', () => {
    const { info } = new BudgetExceededError({ pool: 'shop', waited: 1, budget: picture });
    expect(info.budget.members.map(({ name }) => name)).toEqual(['shop', 'mail']);
  });
});
