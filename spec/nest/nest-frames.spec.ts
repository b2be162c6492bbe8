import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nestFrames } from '../../src/nest/microservices/nest-frames.js';
import { FrameMalformedError, FrameTooLargeError } from '../../src/protocol/index.js';
import { record, type Recording } from '../pool/pool-lab.js';
import { frameOf } from './nest-lab.js';

function read(config = { maxLength: 1_000, incompleteTimeout: 0 }): {
  readonly push: (text: string | Uint8Array) => void;
  readonly seen: Recording<object>;
  readonly bytes$: Subject<Uint8Array>;
} {
  const bytes$ = new Subject<Uint8Array>();
  const seen = record(bytes$.pipe(nestFrames(config)));
  return { push: (text) => bytes$.next(Buffer.from(text)), seen, bytes$ };
}

describe('the frames of Nest', () => {
  const packets = [
    { id: '1', response: 'é😀' },
    { id: '2', isDisposed: true },
    { id: '3', err: '12#{}' },
  ];
  const bytes = Buffer.from(packets.map(frameOf).join(''));

  it('count UTF-16 code units, wherever the bytes are cut', () => {
    for (let size = 1; size <= bytes.length; size++) {
      const { push, seen } = read();
      for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
      expect(seen.values).toEqual(packets);
      seen.subscription.unsubscribe();
    }
  });

  it('come one by one as soon as each is whole', () => {
    const { push, seen } = read();
    push('2#{}2#{');
    expect(seen.values).toEqual([{}]);
    push('}');
    expect(seen.values).toEqual([{}, {}]);
    seen.subscription.unsubscribe();
  });

  it('are not read on for somebody who has left at one of them', () => {
    const bytes$ = new Subject<Uint8Array>();
    const seen: object[] = [];
    const subscription = bytes$.pipe(nestFrames({ maxLength: 10, incompleteTimeout: 0 })).subscribe((frame) => {
      seen.push(frame);
      subscription.unsubscribe();
    });
    bytes$.next(Buffer.from('2#{}2#{}'));
    expect(seen).toEqual([{}]);
  });

  it.each(['abc#{}', '#{}', '-2#{}', '2.5#{}', '2 #{}', '{"id":"1"}', '12345678901234567#'])(
    'are over at %s, which has no length',
    (text) => {
      const { push, seen } = read();
      push(`2#{}${text}`);
      expect(seen.values).toEqual([{}]);
      expect(seen.error).toBeInstanceOf(FrameMalformedError);
      expect(String(seen.error)).toContain('no length');
    },
  );

  it('are over at a length that never ends, before it does', () => {
    const { push, seen } = read();
    push('1'.repeat(16));
    expect(seen.error).toBeUndefined();
    push('1');
    expect(seen.error).toBeInstanceOf(FrameMalformedError);
  });

  it('are at most so long, and a longer one is refused before it has come', () => {
    const { push, seen } = read({ maxLength: 7, incompleteTimeout: 0 });
    push('7#{"a":1}');
    expect(seen.values).toEqual([{ a: 1 }]);
    push('8#');
    expect(seen.error).toMatchObject({ info: { maxFrame: 7, size: 8 } });
    expect(seen.error).toBeInstanceOf(FrameTooLargeError);
  });

  it.each([
    ['3#{a}', 'JSON'],
    ['0#', 'JSON'],
    ['4#null', 'codec'],
    ['2#17', 'codec'],
  ])('are over at %s, which is no packet', (text, format) => {
    const { push, seen } = read();
    push(text);
    expect(seen.error).toBeInstanceOf(FrameMalformedError);
    expect(seen.error).toMatchObject({ info: { format } });
  });

  it('end with the stream, and half of one is none', () => {
    const { push, seen, bytes$ } = read();
    push('2#{}2#{');
    bytes$.complete();
    expect(seen).toMatchObject({ values: [{}], completed: true });
  });
});

describe('the rest of a frame', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is awaited for so long after the last of it', () => {
    const { push, seen } = read({ maxLength: 100, incompleteTimeout: 1_000 });
    push('20#{');
    vi.advanceTimersByTime(999);
    push('"a"');
    vi.advanceTimersByTime(999);
    expect(seen.error).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(String(seen.error)).toContain('no more of it has come within 1000 ms');
  });

  it('is not awaited once it is there', () => {
    const { push, seen } = read({ maxLength: 100, incompleteTimeout: 1_000 });
    push('2#{');
    push('}');
    expect(vi.getTimerCount()).toBe(0);
    expect(seen.values).toEqual([{}]);
    seen.subscription.unsubscribe();
  });

  it('is not awaited for somebody who has left', () => {
    const { push, seen } = read({ maxLength: 100, incompleteTimeout: 1_000 });
    push('2#{');
    seen.subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});
