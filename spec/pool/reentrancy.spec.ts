import { finalize, of, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { unhandledDuring } from '../endpoint/unhandled.js';
import { afterPromises, borrowNow, instantLab, record, type FakeLease, type Lab } from './pool-lab.js';

/** What a callback may do to the pool that has just called it. */
const actions: Record<string, (lab: Lab, lease: FakeLease | undefined) => void> = {
  borrows: ({ pool }) => void record(pool.use(() => of(1))),
  'borrows and leaves': ({ pool }) => record(pool.borrow()).subscription.unsubscribe(),
  'takes what is idle': ({ pool }) => pool.tryBorrow()?.release(),
  releases: (_lab, lease) => lease?.release(),
  destroys: (_lab, lease) => lease?.destroy(),
  'loses the connection': ({ transport }) => {
    const open = transport.opens.find(({ isOver, socket }) => !isOver && socket !== undefined);
    open?.lose();
  },
  'closes the pool': ({ pool }) => void pool.close(),
  'closes the pool by force': ({ pool }) => void pool.close({ borrowed: 'destroy' }),
  'leaves the sockets to their borrowers': ({ pool }) => void pool.close({ borrowed: 'leave' }),
};

/** Told of pools with several endpoints only. */
type OfEndpoints = 'added' | 'removed' | 'discoveryFailed' | 'pickerFailed' | 'ejected' | 'probing' | 'readmitted';

/** What brings each event about, in a pool of two places of which one is lent, and whose endpoint stays. */
const triggers: Record<Exclude<PoolEvent['type'], OfEndpoints>, (lab: Lab, lease: FakeLease) => void> = {
  queued: borrow,
  connecting: borrow,
  opened: borrow,
  borrowed: borrow,
  failed: (lab) => {
    lab.transport.onOpen = (attempt) => {
      lab.transport.onOpen = (next) => next.accept();
      attempt.refuse();
    };
    borrow(lab);
  },
  lost: ({ transport }) => transport.opens[0]!.lose(),
  closed: (_lab, lease) => lease.destroy(),
  destroyed: (_lab, lease) => lease.destroy(),
  released: (_lab, lease) => lease.release(),
  detached: (_lab, lease) => void lease.detach(),
  timedOut: (lab) => {
    borrow(lab);
    record(lab.pool.borrow({ timeout: 5 }));
    record(lab.pool.borrow());
    lab.clock.advance(5);
  },
  cancelled: (lab) => {
    borrow(lab);
    const waiter = record(lab.pool.borrow());
    record(lab.pool.borrow());
    waiter.subscription.unsubscribe();
  },
  rejected: (lab) => {
    for (let i = 0; i < 4; i++) borrow(lab);
  },
  resized: ({ pool }) => pool.resize({ max: 1 }),
  leaked: ({ clock }) => clock.advance(10),
  leftover: ({ transport }, lease) => {
    transport.restore = (_socket, options) => {
      options?.left?.(['data']);
      return true;
    };
    lease.release();
  },
  closing: ({ pool }) => void pool.close({ borrowed: 'destroy' }),
  drained: ({ pool }) => void pool.close({ borrowed: 'destroy' }),
};

function borrow({ pool }: Lab): void {
  record(pool.borrow());
}

/** One that is lent, and a use that waits or has had its turn at the end of it all. */
function scene(): { lab: Lab; lease: FakeLease; end: () => Promise<void> } {
  const lab = instantLab({
    max: 2,
    maxWaiting: 2,
    retry: { delay: 10, resetAfter: 10 },
    idleTimeout: 200,
    validateAfter: 100,
    leakAfter: 10,
  });
  lab.transport.validate = () => true;
  const lease = borrowNow(lab.pool);
  return { lab, lease, end: () => expectOrder(lab, lease) };
}

/** However it went, the pool must go on and end in order. */
async function expectOrder({ pool, transport, clock }: Lab, lease: FakeLease): Promise<void> {
  clock.advance(20);
  const waiter = record(pool.use(() => of('served')));
  lease.release();
  clock.advance(1_000);
  expect(pool.stats.owned).toBeLessThanOrEqual(2);
  // Whoever came last was served, or waits behind loans that nobody has ended, or was told that it is over.
  if (!waiter.isOver) expect(pool.stats).toMatchObject({ lent: 2, idle: 0 });

  let isClosed = false;
  void pool.close({ borrowed: 'destroy' }).then(() => (isClosed = true));
  clock.advance(60_000);
  await afterPromises();
  expect(isClosed).toBe(true);
  expect(waiter.isOver).toBe(true);
  expect(pool.stats).toMatchObject({ connecting: 0, idle: 0, lent: 0, checking: 0, closing: 0, owned: 0, waiting: 0 });
  expect(clock.pending).toBe(0);
  const { detached, opened, lost, closed } = pool.stats;
  expect(lost + closed + detached).toBe(opened);
  const open = transport.opens.filter(({ isOver }) => !isOver);
  expect(open.length).toBeLessThanOrEqual(detached);
  expect(transport.mostActive).toBeLessThanOrEqual(2 + detached);
}

describe.each(Object.entries(actions))('a callback that %s', (_name, act) => {
  it.each(Object.entries(triggers))('leaves the pool in order from within the event `%s`', async (type, trigger) => {
    const { lab, lease, end } = scene();
    let calls = 0;
    const events: PoolEvent[] = [];
    lab.pool.events$.subscribe((event) => {
      if (event.type === type && calls++ < 2) act(lab, lease);
    });
    lab.pool.events$.subscribe((event) => events.push(event));
    trigger(lab, lease);
    expect(calls).toBeGreaterThan(0);
    await end();
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((x, y) => x - y));
    expect(events.at(-1)?.type).toBe('drained');
    const count = (...types: PoolEvent['type'][]): number => events.filter((one) => types.includes(one.type)).length;
    const { lostLent } = lab.pool.stats;
    expect(count('released', 'destroyed', 'detached') + lostLent).toBe(count('borrowed') + 1);
  });

  it('leaves the pool in order from within status$', async () => {
    const { lab, lease, end } = scene();
    let calls = 0;
    lab.pool.status$.subscribe(() => {
      if (calls++ > 0 && calls < 4) act(lab, lease);
    });
    lab.transport.opens[0]!.lose();
    expect(calls).toBeGreaterThan(1);
    await end();
  });

  it('leaves the pool in order from within a grant', async () => {
    const { lab, lease, end } = scene();
    const served = [lab.pool.borrow(), lab.pool.borrow(), lab.pool.borrow()].map((source) =>
      record(source.pipe(tap((granted) => act(lab, granted)))),
    );
    lease.release();
    expect(served[0]!.values).toHaveLength(1);
    await end();
  });

  it('leaves the pool in order from within data$', async () => {
    const { lab, lease, end } = scene();
    record(lease.data$.pipe(tap(() => act(lab, lease))));
    lab.transport.last.push('x');
    await end();
  });

  it('leaves the pool in order from within lost$ and the error of data$', async () => {
    const { lab, lease, end } = scene();
    let calls = 0;
    const call = (): void => {
      calls++;
      act(lab, lease);
    };
    record(lease.lost$.pipe(tap(call)));
    record(lease.data$.pipe(tap({ error: call })));
    lab.transport.opens[0]!.lose();
    expect(calls).toBe(2);
    await end();
  });

  it('leaves the pool in order from within the end of lost$ and data$', async () => {
    const { lab, lease, end } = scene();
    let calls = 0;
    const call = (): void => {
      calls++;
      act(lab, lease);
    };
    record(lease.lost$.pipe(tap({ complete: call })));
    record(lease.data$.pipe(tap({ complete: call })));
    lease.release();
    expect(calls).toBe(2);
    await end();
  });

  it('leaves the pool in order from within a project, its value, its end and its teardown', async () => {
    const { lab, end } = scene();
    let calls = 0;
    const call = (lease?: FakeLease): void => {
      calls++;
      act(lab, lease);
    };
    const used = lab.pool.use((_socket, lease) => {
      call(lease);
      return of(1).pipe(finalize(() => call(lease)));
    });
    record(used.pipe(tap({ next: () => call(), complete: () => call(), error: () => call() })));
    expect(calls).toBeGreaterThan(1);
    await end();
  });

  it.each(['restore', 'validate', 'usable'] as const)('leaves the pool in order from within %s', async (hook) => {
    const { lab, lease, end } = scene();
    lease.release();
    lab.clock.advance(150);
    let calls = 0;
    lab.transport[hook] = () => {
      if (calls++ < 2) act(lab, lease);
      return true;
    };
    for (const again of record(lab.pool.borrow()).values) again.release();
    await end();
    expect(calls).toBeGreaterThan(0);
  });

  it('leaves the pool in order from within the abort of a signal', async () => {
    const { lab, lease, end } = scene();
    borrow(lab);
    const controller = new AbortController();
    const aborted = [1, 2].map(() =>
      record(lab.pool.borrow({ signal: controller.signal }).pipe(tap({ error: () => act(lab, lease) }))),
    );
    controller.abort(new Error('abort'));
    expect(aborted.every(({ isOver }) => isOver)).toBe(true);
    await end();
  });
});

describe('two borrowers', () => {
  it('never hold one socket, also where a listener of `borrowed` loses it and borrows again', () => {
    const { pool, transport, clock } = instantLab({ max: 2 });
    const other = borrowNow(pool);
    borrowNow(pool).release();
    // Old enough that its loss is routine, so that the endpoint may be dialled at once.
    clock.advance(10_000);
    const leases: FakeLease[] = [];
    const collect = (lease: FakeLease): void => {
      leases.push(lease);
    };
    let isNested = false;
    pool.events$.subscribe(({ type }) => {
      if (type !== 'borrowed' || isNested) return;
      isNested = true;
      record(pool.borrow().pipe(tap(collect)));
      transport.opens[1]!.lose();
    });
    record(pool.borrow().pipe(tap(collect)));
    const held = leases.map(({ socket }) => socket).filter(({ closed }) => !closed);
    expect(new Set(held).size).toBe(held.length);
    expect(held).not.toContain(other.socket);
    expect(pool.stats.lent).toBe(1 + held.length);
  });

  it('never hold one socket, also where a listener of `borrowed` closes the pool by force', async () => {
    const { pool, transport } = instantLab();
    borrowNow(pool).release();
    transport.holdCloses = true;
    pool.events$.subscribe(({ type }) => {
      if (type === 'borrowed') void pool.close({ borrowed: 'destroy' });
    });
    const late = record(pool.borrow());
    for (const lease of late.values) lease.release();
    for (const close of [...transport.closes]) close.finish();
    await pool.close();
    const { borrowed, released, destroyed, detached, lostLent } = pool.stats;
    expect(released + destroyed + detached + lostLent).toBe(borrowed);
    expect(borrowed).toBe(2);
    expect(transport.closes).toHaveLength(1);
  });
});

describe('a consumer that throws', () => {
  it('harms nobody else: the error is rethrown later, and the queue goes on', async () => {
    const { pool } = instantLab({ max: 1 });
    const served: string[] = [];
    const errors = await unhandledDuring(3, () => {
      const held = borrowNow(pool);
      pool.borrow().subscribe((lease) => {
        lease.release();
        throw new Error('next');
      });
      pool.borrow({ timeout: 0 }).subscribe((lease) => {
        served.push('second');
        lease.release();
      });
      pool.status$.subscribe(() => {
        throw new Error('status');
      });
      pool.stats$.subscribe(() => {
        throw new Error('stats');
      });
      held.release();
    });
    expect(served).toEqual(['second']);
    expect(errors.map((error) => (error as Error).message).sort()).toEqual(['next', 'stats', 'status']);
    expect(pool.stats).toMatchObject({ idle: 1, lent: 0, waiting: 0 });
  });
});
