import { concat, first, firstValueFrom, NEVER, Observable, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { afterPromises, instantLab, record, stockIdle, type FakePool } from './pool-lab.js';

/** Everybody who leaves on the first value. */
const leavers: Record<string, (source: Observable<unknown>) => void> = {
  firstValueFrom: (source) => void firstValueFrom(source),
  'take(1)': (source) => void record(source.pipe(take(1))),
  'first()': (source) => void record(source.pipe(first())),
};

async function settled(pool: FakePool): Promise<{ released: number; destroyed: number }> {
  await afterPromises();
  const { released, destroyed, lent } = pool.stats;
  expect(lent).toBe(0);
  return { released, destroyed };
}

describe.each(['firstValueFrom', 'take(1)', 'first()'])('use() whose consumer leaves by %s', (name) => {
  const leave = leavers[name]!;

  it.each(['idle', 'dialled'])(
    'releases after a project that completes behind its one value, on an %s connection',
    async (kind) => {
      const { pool, transport } = instantLab();
      if (kind === 'idle') stockIdle(pool, 1);
      const before = pool.stats.released;
      leave(pool.use(() => of('answer')));
      expect(await settled(pool)).toEqual({ released: before + 1, destroyed: 0 });
      expect(transport.closes).toEqual([]);
    },
  );

  it('releases after an answer that arrives later and completes in the same run', async () => {
    const { pool } = instantLab();
    const answer = new Subject<string>();
    leave(pool.use(() => answer));
    answer.next('answer');
    answer.complete();
    expect(await settled(pool)).toEqual({ released: 1, destroyed: 0 });
  });

  it('releases after a promise', async () => {
    const { pool } = instantLab();
    leave(pool.use(() => Promise.resolve('answer')));
    expect(await settled(pool)).toEqual({ released: 1, destroyed: 0 });
  });

  it('releases after a project that emits twice and completes in the same run', async () => {
    const { pool } = instantLab();
    leave(pool.use(() => ['one', 'two']));
    expect(await settled(pool)).toEqual({ released: 1, destroyed: 0 });
  });

  it('releases after a project that completes one microtask behind a later value', async () => {
    const { pool } = instantLab();
    const answer = new Subject<string>();
    leave(pool.use(() => answer));
    queueMicrotask(() => answer.complete());
    answer.next('answer');
    expect(await settled(pool)).toEqual({ released: 1, destroyed: 0 });
  });

  it('releases after a project that completes one microtask behind a value that came within the subscribe', async () => {
    const { pool } = instantLab();
    const project = new Observable<string>((subscriber) => {
      queueMicrotask(() => subscriber.complete());
      subscriber.next('answer');
    });
    leave(pool.use(() => project));
    expect(await settled(pool)).toEqual({ released: 1, destroyed: 0 });
  });

  it('destroys after a project that has not completed by then', async () => {
    const { pool } = instantLab();
    const answer = new Subject<string>();
    leave(pool.use(() => answer));
    answer.next('one of many');
    expect(await settled(pool)).toEqual({ released: 0, destroyed: 1 });
    expect(answer.observed).toBe(false);
  });

  it('destroys after a project that emits within the subscribe and goes on', async () => {
    const { pool } = instantLab();
    leave(pool.use(() => concat(of('one of many'), NEVER)));
    expect(await settled(pool)).toEqual({ released: 0, destroyed: 1 });
  });

  it('destroys after a project that emits a second value later, before which it was left', async () => {
    const { pool } = instantLab();
    const answer = new Subject<string>();
    leave(pool.use(() => answer));
    answer.next('one');
    await afterPromises();
    answer.next('two');
    answer.complete();
    expect(await settled(pool)).toEqual({ released: 0, destroyed: 1 });
  });

  it('keeps the socket from the next borrower until it is known to be clean', async () => {
    const { pool, transport } = instantLab({ max: 1 });
    const answer = new Subject<string>();
    leave(pool.use(() => answer));
    const next = record(pool.borrow());
    answer.next('one of many');
    expect(next.values).toEqual([]);
    await afterPromises();
    expect(next.only.socket).not.toBe(transport.opens[0]!.socket);
    expect(transport.opens[0]!.socket!.closed).toBe(true);
  });
});

describe('use() whose consumer leaves', () => {
  it('destroys at once where the unsubscribe does not come out of a value', () => {
    const { pool } = instantLab();
    const used = record(pool.use(() => NEVER));
    used.subscription.unsubscribe();
    expect(pool.stats).toMatchObject({ lent: 0, destroyed: 1 });
  });

  it('stops the project before the socket is anybody else’s', () => {
    const { pool } = instantLab({ max: 1 });
    const answer = new Subject<string>();
    let observedAtGrant: boolean | undefined;
    const used = record(pool.use(() => answer, { reuse: () => true }));
    pool.borrow().subscribe(() => (observedAtGrant = answer.observed));
    used.subscription.unsubscribe();
    expect(observedAtGrant).toBe(false);
  });

  it('loses nothing where the connection is lost between the value and the microtask', async () => {
    const { pool, transport } = instantLab();
    const answer = new Subject<string>();
    const value = firstValueFrom(pool.use(() => answer));
    answer.next('answer');
    transport.last.lose();
    await expect(value).resolves.toBe('answer');
    expect(await settled(pool)).toEqual({ released: 0, destroyed: 0 });
    expect(pool.stats.lostLent).toBe(1);
  });
});
