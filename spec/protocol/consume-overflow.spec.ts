import { EMPTY, from, of, range, Subject, take, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { RxpoolError } from '../../src/index.js';
import { BufferFullError, consume, lines, readable, type ConsumeConfig } from '../../src/protocol/index.js';
import { record, type Recording } from '../pool/pool-lab.js';
import { Desk } from './desk.js';
import { connect, look } from './flow-lab.js';

interface Overflow<T> {
  readonly source: Subject<T>;
  readonly desk: Desk<T>;
  /** What `onDrop` was told. */
  readonly drops: number[];
  readonly consumed: Recording<never>;
}

/** Consumes what the test emits. */
function overflowing<T = string>(config: ConsumeConfig): Overflow<T> {
  const source = new Subject<T>();
  const desk = new Desk<T>();
  const drops: number[] = [];
  const consumed = record(source.pipe(consume(desk.project, { onDrop: (total) => drops.push(total), ...config })));
  return { source, desk, drops, consumed };
}

describe('consume of what cannot be paused', () => {
  it('drops the oldest of what waits until the rest is within the mark, and tells the total', () => {
    const { source, desk, drops } = overflowing({ overflow: 'dropOldest', highWaterMark: 6 });
    for (const value of ['a1', 'b2', 'c3']) source.next(value);
    expect(drops).toEqual([]);
    source.next('d4');
    source.next('e5e5');
    expect(drops).toEqual([1, 3]);
    desk.finish(0);
    expect(desk.begun).toEqual(['a1', 'e5e5']);
  });

  it('drops all that waits but the latest', () => {
    const { source, desk, drops } = overflowing({ overflow: 'sample', highWaterMark: 6 });
    for (const value of ['a1', 'b2', 'c3', 'd4', 'e5', 'f6']) source.next(value);
    expect(drops).toEqual([2, 4]);
    desk.finish(0);
    expect(desk.begun).toEqual(['a1', 'f6']);
  });

  it('errors, and ends the work', () => {
    const { source, desk, drops, consumed } = overflowing({ overflow: 'error', highWaterMark: 4 });
    source.next('a1');
    source.next('b2');
    expect(consumed.isOver).toBe(false);
    source.next('c3');
    expect(consumed.error).toBeInstanceOf(BufferFullError);
    expect(consumed.error).toBeInstanceOf(RxpoolError);
    expect(consumed.error).toMatchObject({
      code: 'RXPOOL_BUFFER_FULL',
      retryable: true,
      info: { limit: 4, buffered: 6 },
      message: '6 bytes wait, more than highWaterMark allows: 4',
    });
    expect(desk.isLeft(0)).toBe(true);
    expect(source.observed).toBe(false);
    expect(drops).toEqual([]);
  });

  it.each(['sample', 'dropOldest', 'error'] as const)('%s: what need not wait is never too much', (overflow) => {
    const { source, desk, drops, consumed } = overflowing({ overflow, highWaterMark: 1, concurrency: 2 });
    source.next('as long as it likes');
    source.next('and another one');
    expect(desk.begun).toHaveLength(2);
    expect(drops).toEqual([]);
    expect(consumed.isOver).toBe(false);
  });

  it.each(['sample', 'dropOldest'] as const)('%s: the latest is never dropped, whatever its size', (overflow) => {
    const { source, desk, drops } = overflowing({ overflow, highWaterMark: 1 });
    source.next('first');
    source.next('large');
    expect(drops).toEqual([]);
    source.next('larger');
    expect(drops).toEqual([1]);
    desk.finish(0);
    expect(desk.begun).toEqual(['first', 'larger']);
  });

  it.each<[string, unknown, number]>([
    ['bytes', new Uint8Array(3), 3],
    ['a buffer of a browser', new ArrayBuffer(3), 3],
    ['a view', new DataView(new ArrayBuffer(8), 1, 3), 3],
    ['text, by its characters', 'añz', 3],
    ['anything else, as one', { some: 'object' }, 1],
    ['no bytes, as one', new Uint8Array(0), 1],
    ['an empty buffer, as one', new ArrayBuffer(0), 1],
    ['no text, as one', '', 1],
  ])('counts %s', (_what, value, size) => {
    const within = overflowing<unknown>({ overflow: 'error', highWaterMark: 2 * size });
    within.source.next(value);
    within.source.next(value);
    expect(within.consumed.isOver).toBe(false);
    within.source.next(value);
    expect(within.consumed.error).toMatchObject({ info: { buffered: 3 * size } });
  });

  it('counts a value until it is consumed', () => {
    const { source, desk, consumed } = overflowing({ overflow: 'error', highWaterMark: 4 });
    for (let nth = 0; nth < 5; nth++) {
      source.next('a1');
      source.next('b2');
      desk.finish(2 * nth);
      desk.finish(2 * nth + 1);
    }
    expect(consumed.isOver).toBe(false);
    expect(desk.begun).toHaveLength(10);
  });

  it('forgets the size of what it drops', () => {
    const { source, desk, drops } = overflowing({ overflow: 'dropOldest', highWaterMark: 4 });
    for (const value of ['a1', 'b2', 'c3']) source.next(value);
    expect(drops).toEqual([1]);
    desk.finish(0);
    source.next('d4');
    expect(drops).toEqual([1]);
  });

  it('completes when what the source has brought is consumed', () => {
    const { source, desk, consumed } = overflowing({ overflow: 'dropOldest' });
    source.next('a');
    source.next('b');
    source.complete();
    desk.finish(0);
    expect(consumed.isOver).toBe(false);
    desk.finish(1);
    expect(consumed.completed).toBe(true);
  });

  it('errors as the source, behind what it has brought', () => {
    const { source, desk, consumed } = overflowing({ overflow: 'sample' });
    const failure = new Error('mine');
    source.next('a');
    source.error(failure);
    expect(consumed.isOver).toBe(false);
    desk.finish(0);
    expect(consumed.error).toBe(failure);
  });

  it('completes with a source that has nothing', () => {
    expect(record(EMPTY.pipe(consume(() => EMPTY, { overflow: 'error' }))).completed).toBe(true);
  });

  it('errors with what onDrop throws', () => {
    const failure = new Error('mine');
    const { source, desk, consumed } = overflowing({
      overflow: 'sample',
      highWaterMark: 1,
      onDrop: () => {
        throw failure;
      },
    });
    for (const value of ['a', 'b', 'c']) source.next(value);
    expect(consumed.error).toBe(failure);
    expect(desk.isLeft(0)).toBe(true);
  });

  it('stops a source that emits at once as soon as nobody listens', () => {
    const project = (value: number): Observable<number> => of(value);
    const consumed = record(range(0, Infinity).pipe(consume(project, { overflow: 'error' }), take(2)));
    expect(consumed.values).toEqual([0, 1]);
    expect(consumed.completed).toBe(true);
  });

  it('takes what a source emits at once', () => {
    const drops: number[] = [];
    const config: ConsumeConfig = { overflow: 'dropOldest', highWaterMark: 3, onDrop: (total) => drops.push(total) };
    const desk = new Desk<string>();
    record(from(['a', 'b', 'c', 'd', 'e']).pipe(consume(desk.project, config)));
    for (let nth = 0; nth < 3; nth++) desk.finish(nth);
    expect(desk.begun).toEqual(['a', 'd', 'e']);
    expect(drops).toEqual([1, 2]);
  });

  it('keeps the order of what the project itself makes the source emit', () => {
    const source = new Subject<number>();
    const begun: number[] = [];
    const consumed = record(
      source.pipe(
        consume(
          (value) => {
            begun.push(value);
            if (value < 10) source.next(value + 1);
            return EMPTY;
          },
          { overflow: 'error' },
        ),
      ),
    );
    source.next(0);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    consumed.subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });
});

describe('consume of a socket that is not to be paused', () => {
  it('reads all that comes, and drops whole frames', () => {
    const { client, server, clock } = connect({ segment: 7 });
    const before = look(client);
    const desk = new Desk<string>();
    let dropped = 0;
    const config: ConsumeConfig = {
      overflow: 'dropOldest',
      highWaterMark: 12,
      onDrop: (total) => (dropped = total),
    };
    const consumed = record(readable(client, lines()).pipe(consume(desk.project, config)));
    for (let i = 0; i < 1000; i++) server.write(`${String(i).padStart(4, '0')}\n`);
    clock.advance(100);
    expect(client.readableLength).toBe(0);
    expect(dropped).toBe(997);
    for (let nth = 0; nth < 3; nth++) desk.finish(nth);
    expect(desk.begun).toEqual(['0000', '0998', '0999']);
    consumed.subscription.unsubscribe();
    clock.advance(0);
    expect(look(client)).toEqual(before);
  });
});
