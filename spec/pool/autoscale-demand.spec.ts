import { describe, expect, it } from 'vitest';
import { demandBetween } from '../../src/pool/demand.js';
import { FakePool, type Happening } from './autoscale-lab.js';

/** The demand in the last of some seconds in a pool of 5. */
function demandAfter(...seconds: Happening[]): ReturnType<typeof demandBetween> {
  const pool = new FakePool(5);
  let before = pool.load;
  for (const second of seconds) {
    before = pool.load;
    pool.pass(second);
  }
  return demandBetween(before, pool.load);
}

const full = { owned: 5 };

describe('the demand', () => {
  it('is what was lent on average, where all were served', () => {
    expect(demandAfter({ lent: 1.5, borrowed: 150 })).toEqual({ demand: 1.5, backlog: 0, wait: 0 });
  });

  it('is a mean over the time that has really passed', () => {
    const pool = new FakePool(5);
    const before = pool.load;
    pool.pass({ lent: 2, borrowed: 1 }, 4_000);
    expect(demandBetween(before, pool.load)).toMatchObject({ demand: 2, backlog: 0 });
  });

  it('counts those who still wait as if they had been served as the others were', () => {
    expect(demandAfter({ ...full, lent: 5, borrowed: 500, waiting: 100 }).demand).toBe(6);
  });

  it('does not count those who wait for leave of a limit, for whom no connection would do', () => {
    const parked = { ...full, lent: 5, borrowed: 500, waiting: 100, parked: 100 };
    expect(demandAfter(parked)).toMatchObject({ demand: 5, backlog: 0 });
  });

  it('is less than what was served where the queue got shorter, and what is left of it is a backlog', () => {
    const second = { ...full, lent: 5, borrowed: 500 };
    expect(demandAfter({ ...second, waiting: 400 }, { ...second, waiting: 200 })).toMatchObject({
      demand: 3,
      backlog: 2,
    });
    expect(demandAfter({ ...second, waiting: 200 }, { ...second, waiting: 200 })).toMatchObject({
      demand: 5,
      backlog: 2,
    });
  });

  it('has a backlog of one connection for each that waits, where loans are long', () => {
    const held = { ...full, lent: 5, leases: 5 };
    const before = { ...held, borrowed: 5, waiting: 30 };
    expect(demandAfter(before, { ...held, waiting: 30 })).toMatchObject({ demand: 5, backlog: 30 });
  });

  it.each(['timedOut', 'cancelled', 'rejected'])('counts those who got nothing: %s', (how) => {
    expect(demandAfter({ ...full, lent: 5, borrowed: 500, [how]: 100 }).demand).toBe(6);
  });

  it('counts of those only who left just now', () => {
    const second = { ...full, lent: 5, borrowed: 500 };
    expect(demandAfter({ ...second, timedOut: 900 }, { ...second, timedOut: 100 }).demand).toBe(6);
  });

  it('counts loans that have been under way from the start as served', () => {
    // 5 loans, and 10 borrowers wait: three times as many want one.
    const held = { ...full, lent: 5, leases: 5 };
    expect(demandAfter({ ...held, borrowed: 5 }, { ...held, waiting: 10 }).demand).toBe(15);
  });

  it('takes no account of those who wait while there is room: they wait for the dialling', () => {
    const busy = { lent: 4, borrowed: 4, waiting: 4 };
    expect(demandAfter({ ...busy, owned: 4 })).toMatchObject({ demand: 4, backlog: 0 });
    expect(demandAfter({ ...busy, owned: 5 }).demand).toBe(8);
    expect(demandAfter({ ...busy, owned: 6 }).demand).toBe(8);
  });

  it('takes no account of those who wait while all that dials comes to nothing', () => {
    const busy = { ...full, lent: 4, borrowed: 4, waiting: 4, connecting: 1 };
    expect(demandAfter({ opened: 4 }, busy)).toMatchObject({ demand: 4, backlog: 0 });
    expect(demandAfter({ opened: 4 }, { ...busy, opened: 1 }).demand).toBe(8);
  });

  it('is 0 where nobody has been served yet', () => {
    expect(demandAfter({ ...full, waiting: 50 })).toMatchObject({ demand: 0, backlog: 0 });
    expect(demandAfter({})).toMatchObject({ demand: 0, backlog: 0 });
  });
});

describe('the mean wait', () => {
  it('is that of all who asked, served or not', () => {
    const second = { ...full, lent: 5, borrowed: 6, waited: 5_000 };
    expect(demandAfter({ ...second, waiting: 1, timedOut: 1, cancelled: 1, rejected: 1 }).wait).toBe(500);
  });

  it('is what they waited within that time, however long it was before', () => {
    const second = { ...full, lent: 5, waiting: 2, waited: 2_000 };
    expect(demandAfter(second, second).wait).toBe(1_000);
  });

  it('is 0 while nobody asks', () => {
    expect(demandAfter({}).wait).toBe(0);
  });
});
