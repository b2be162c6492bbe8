import { Observable, retry, Subject, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { lines, type LinesConfig } from '../../src/protocol/lines.js';
import { watchBytes } from './byte-work.js';
import { afterChunk } from './after-chunk.js';
import { read, watch, type Outcome } from './outcome.js';
import { everySplit, randomSplit, seeded } from './splits.js';

const MiB = 1024 * 1024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (values: Record<string, string>): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, bytes(text)]));

/** All of what comes out when the source emits the pieces and completes. */
function split(pieces: readonly Uint8Array[], config?: LinesConfig): Outcome<string> {
  return read(lines(config), pieces);
}

describe('lines', () => {
  describe('splits', () => {
    it('drops the terminators, LF and CR LF', () => {
      expect(split([bytes('a\nb\r\nc\n')])).toEqual({ values: ['a', 'b', 'c'], completed: true });
    });

    it('emits empty lines', () => {
      expect(split([bytes('\n\r\na\n\n')]).values).toEqual(['', '', 'a', '']);
    });

    it('keeps a CR that is not in front of the LF, and all but the last of several', () => {
      expect(split([bytes('a\rb\n\rc\nd\r\r\n')]).values).toEqual(['a\rb', '\rc', 'd\r']);
    });

    it('emits the rest at completion, with a CR at its end', () => {
      expect(split([bytes('a\nb')]).values).toEqual(['a', 'b']);
      expect(split([bytes('a\nb\r')]).values).toEqual(['a', 'b\r']);
    });

    it('emits no empty rest at completion', () => {
      expect(split([bytes('a\n')])).toEqual({ values: ['a'], completed: true });
      expect(split([])).toEqual({ values: [], completed: true });
      expect(split([bytes('')])).toEqual({ values: [], completed: true });
    });

    it('gives the same lines however a short stream is cut', () => {
      const text = 'é\r\r\n\n€\n𝄞\n';
      for (const pieces of everySplit(bytes(text))) {
        // One text to compare, not four: this runs thousands of times.
        expect(split(pieces).values.join('|')).toBe('é\r||€|𝄞');
      }
    });

    it('gives the same lines however a long stream is cut', () => {
      const random = seeded(1);
      const expected = Array.from({ length: 2000 }, () => 'aé€𝄞\r'.repeat(random() * 40).slice(0, -1));
      const stream = bytes(expected.map((line) => line + (random() < 0.5 ? '\n' : '\r\n')).join(''));
      for (const longest of [1, 2, 7, 100, 1000, 100_000]) {
        expect(split(randomSplit(stream, longest, random)).values).toEqual(expected);
      }
    });

    it('finds a line in the middle of a larger memory, as Node cuts its Buffers', () => {
      const memory = Buffer.from('xxa\nb\nyy');
      expect(split([memory.subarray(2, 5), memory.subarray(5, 6)]).values).toEqual(['a', 'b']);
    });
  });

  describe('decodes', () => {
    it('a character that is cut anywhere', () => {
      const pieces = Array.from(bytes('𝄞€\n'), (byte) => Uint8Array.of(byte));
      expect(split(pieces).values).toEqual(['𝄞€']);
    });

    it('what is not UTF-8 as U+FFFD, without losing the terminator', () => {
      expect(split([Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82, 0x0a, 0x63, 0x0a)]).values).toEqual([
        'a\ufffdb',
        '\ufffd',
        'c',
      ]);
    });

    it('a byte order mark as what it is, in every line', () => {
      expect(split([bytes('\ufeffa\n\ufeffb\n')]).values).toEqual(['\ufeffa', '\ufeffb']);
    });
  });

  describe('maxFrame', () => {
    const tooLarge = (size: number) => ({
      name: 'FrameTooLargeError',
      code: 'RXPOOL_FRAME_TOO_LARGE',
      retryable: false,
      info: { maxFrame: 4, size },
    });

    it.each(['abcd\n', 'abcd\r\n', 'abcd', 'éxy\n'])('allows %j of 4', (text) => {
      for (const pieces of everySplit(bytes(text))) {
        expect(split(pieces, { maxFrame: 4 })).toEqual({ values: [text.trimEnd()], completed: true });
      }
    });

    it.each(['abcde\n', 'abcde\r\n', 'abcde', 'abcd\r', 'abcd\rx', 'abcd\r\r\n', 'éé€\n'])(
      'refuses %j of 4',
      (text) => {
        for (const pieces of everySplit(bytes(text))) {
          const { values, error, completed } = split(pieces, { maxFrame: 4 });
          expect({ values, completed }).toEqual({ values: [], completed: false });
          expect(error).toBeInstanceOf(FrameTooLargeError);
        }
      },
    );

    it('refuses at the first byte over it, without waiting for the terminator', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lines({ maxFrame: 4 })));
      source.next(bytes('ok\nabcd'));
      expect(outcome).toEqual({ values: ['ok'], completed: false });
      source.next(bytes('e'));
      expect(outcome.error).toMatchObject(tooLarge(5));
      expect(source.observed).toBe(false);
    });

    it('refuses a CR after the last allowed byte as soon as no LF follows', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lines({ maxFrame: 4 })));
      source.next(bytes('abcd\r'));
      expect(outcome.error).toBeUndefined();
      source.next(bytes('x'));
      expect(outcome.error).toMatchObject(tooLarge(6));
    });

    it('emits the lines in front of the one it refuses, and nothing after it', () => {
      const { values, error } = split([bytes('a\nb\nabcde\nc\n')], { maxFrame: 4 });
      expect(values).toEqual(['a', 'b']);
      expect(error).toMatchObject(tooLarge(5));
    });

    it('counts bytes, not characters', () => {
      expect(split([bytes('€€\n')], { maxFrame: 4 }).error).toMatchObject(tooLarge(6));
    });

    it('is 16 MiB by default', () => {
      const line = new Uint8Array(16 * MiB).fill(0x61);
      const allowed = split([line, bytes('\n')]);
      expect(allowed.values.map(({ length }) => length)).toEqual([16 * MiB]);
      expect(split([line, bytes('a')]).error).toMatchObject({ info: { maxFrame: 16 * MiB, size: 16 * MiB + 1 } });
    });

    it.each([0, -1, 1.5, NaN, Infinity])('is not %d', (maxFrame) => {
      expect(() => lines({ maxFrame })).toThrow(RangeError);
      expect(() => lines({ maxFrame })).toThrow(`lines: maxFrame must be an integer from 1 to`);
    });

    it('is not text', () => {
      expect(() => lines({ maxFrame: '4' as unknown as number })).toThrow(TypeError);
    });
  });

  it('refuses an unknown option, and a configuration that is none', () => {
    expect(() => lines({ maxframe: 4 } as LinesConfig)).toThrow(TypeError);
    expect(() => lines({ maxframe: 4 } as LinesConfig)).toThrow('lines: unknown option maxframe');
    expect(() => lines(4 as unknown as LinesConfig)).toThrow(TypeError);
  });

  it('refuses text for bytes', () => {
    const { values, error } = split([bytes('a\n'), 'b\n' as unknown as Uint8Array]);
    expect(values).toEqual(['a']);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty('message', expect.stringContaining('got string. Is an encoding set on the socket?'));
  });

  describe('in time', () => {
    const run = (test: Parameters<TestScheduler['run']>[0]) =>
      new TestScheduler((actual, expected) => {
        expect(actual).toEqual(expected);
      }).run(test);

    it('emits each line when its terminator comes, the rest at completion', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c----|', bytesOf({ a: 'one\r', b: '\ntw', c: 'o\n\nthree' }));
        expectObservable(source.pipe(lines())).toBe('-----a--(bc)-(d|)', { a: 'one', b: 'two', c: '', d: 'three' });
        expectSubscriptions(source.subscriptions).toBe('^------------!');
      }));

    it('passes an error on and drops the rest', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--#', bytesOf({ a: 'one\n', b: 'tw' }), 'reset');
        expectObservable(source.pipe(lines())).toBe('--a-----#', { a: 'one' }, 'reset');
        expectSubscriptions(source.subscriptions).toBe('^-------!');
      }));

    it('unsubscribes from the source at once with take(1), however many lines are left', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c--|', bytesOf({ a: 'one', b: '\ntwo\nthree\n', c: 'four\n' }));
        expectObservable(source.pipe(lines(), take(1))).toBe('-----(a|)', { a: 'one' });
        expectSubscriptions(source.subscriptions).toBe('^----!');
      }));

    it('unsubscribes from the source when a line is too long', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c--|', bytesOf({ a: 'one', b: 'two', c: '\n' }));
        const result = source.pipe(lines({ maxFrame: 4 }));
        expectObservable(result).toBe('-----#', {}, new FrameTooLargeError({ maxFrame: 4, size: 6 }));
        expectSubscriptions(source.subscriptions).toBe('^----!');
      }));

    it('unsubscribes from the source when it is unsubscribed from', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c--|', bytesOf({ a: 'one\n', b: 'tw', c: 'o\n' }));
        expectObservable(source.pipe(lines()), '^-----!').toBe('--a----', { a: 'one' });
        expectSubscriptions(source.subscriptions).toBe('^-----!');
      }));

    it('begins anew with each subscription', () =>
      run(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('-a-b-#', bytesOf({ a: 'one\ntw', b: 'o\nthr' }));
        const result = source.pipe(lines(), retry(1));
        expectObservable(result).toBe('-a-b--a-b-#', { a: 'one', b: 'two' });
        expectSubscriptions(source.subscriptions).toBe(['^----!', '-----^----!']);
      }));
  });

  it('shares nothing between the streams one operator is used on', () => {
    const operator = lines();
    const [a, b] = [new Subject<Uint8Array>(), new Subject<Uint8Array>()];
    const [fromA, fromB] = [watch(a.pipe(operator)), watch(b.pipe(operator))];
    a.next(bytes('a1'));
    b.next(bytes('b1\nb2'));
    a.next(bytes('a2\n'));
    b.next(bytes('\n'));
    expect([fromA.values, fromB.values]).toEqual([['a1a2'], ['b1', 'b2']]);
  });

  it('stops a source that emits while it is being subscribed to', () => {
    const closed: boolean[] = [];
    const source = new Observable<Uint8Array>((subscriber) => {
      for (let i = 0; i < 3; i++) {
        subscriber.next(bytes(`${i}\n`));
        closed.push(subscriber.closed);
      }
    });
    expect(watch(source.pipe(lines(), take(2)))).toEqual({ values: ['0', '1'], completed: true });
    expect(closed).toEqual([false, true, true]);
  });

  it('says nothing after an unsubscribe in the middle of a chunk', () => {
    const source = new Subject<Uint8Array>();
    const values: string[] = [];
    const subscription = source.pipe(lines()).subscribe((line) => {
      values.push(line);
      subscription.unsubscribe();
      source.next(bytes('late\n'));
    });
    source.next(bytes('a\nb\nc'));
    expect(values).toEqual(['a']);
    expect(source.observed).toBe(false);
  });

  it('passes an error on that comes while it is being subscribed to', () => {
    const refused = new Error('refused');
    expect(watch(throwError(() => refused).pipe(lines())).error).toBe(refused);
  });

  describe('with a consumer that pushes more input', () => {
    function answering(
      answers: Record<string, (source: Subject<Uint8Array>) => void>,
    ): [Subject<Uint8Array>, unknown[]] {
      const source = new Subject<Uint8Array>();
      const seen: unknown[] = [];
      source.pipe(lines()).subscribe({
        next: (line) => {
          seen.push(line);
          answers[line]?.(source);
          seen.push(`after ${line}`);
        },
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      return [source, seen];
    }

    it('keeps the order and loses nothing', () => {
      const [source, seen] = answering({
        a: (again) => {
          again.next(bytes('d'));
          again.next(bytes('\ne\n'));
        },
        b: (again) => {
          again.next(bytes('f\n'));
        },
      });
      source.next(bytes('a\nb\nc'));
      expect(seen.filter((line) => !String(line).startsWith('after'))).toEqual(['a', 'b', 'cd', 'e', 'f']);
      expect(seen.slice(0, 3)).toEqual(['a', 'after a', 'b']);
    });

    it('completes only after all that came before', () => {
      const [source, seen] = answering({
        a: (again) => {
          again.next(bytes('d'));
          again.complete();
        },
      });
      source.next(bytes('a\nb\nc'));
      expect(seen).toEqual(['a', 'after a', 'b', 'after b', 'cd', 'after cd', 'complete']);
    });

    it('errors only after all that came before', () => {
      const [source, seen] = answering({
        a: (again) => {
          again.next(bytes('c\nd'));
          again.error(new Error('reset'));
        },
      });
      source.next(bytes('a\nb\n'));
      expect(seen).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c', new Error('reset')]);
    });

    it('does not deepen the stack', () => {
      const source = new Subject<Uint8Array>();
      let count = 0;
      source.pipe(lines()).subscribe(() => {
        if (++count < 50_000) source.next(bytes('again\n'));
      });
      source.next(bytes('again\n'));
      expect(count).toBe(50_000);
    });
  });

  describe('costs', () => {
    it('a constant amount of work a byte, even byte by byte', () => {
      const source = new Subject<Uint8Array>();
      const lengths: number[] = [];
      source.pipe(lines()).subscribe((line) => lengths.push(line.length));
      const [letter, feed] = [bytes('a'), bytes('\n')];
      const work = watchBytes();
      for (let i = 0; i < MiB; i++) source.next(letter);
      source.next(feed);
      const { copied, searched, decoded, allocated } = work;
      expect(lengths).toEqual([MiB]);
      expect(copied).toBeLessThanOrEqual(3 * MiB);
      expect(allocated).toBeLessThanOrEqual(4 * MiB);
      expect(searched).toBe(MiB + 1);
      expect(decoded).toBe(MiB);
    });

    it('no copy of lines that lie within a chunk', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lines()));
      const chunk = bytes('a line\r\n'.repeat(1000));
      const work = watchBytes();
      source.next(chunk);
      source.next(chunk);
      const { copied, searched, allocated, decoded } = work;
      expect(outcome.values).toHaveLength(2000);
      expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
      expect(searched).toBeLessThanOrEqual(2 * chunk.length);
      expect(decoded).toBeLessThanOrEqual(2 * chunk.length);
    });

    it('no more memory than maxFrame and a CR, however long the line', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lines({ maxFrame: 10_000 })));
      const chunk = new Uint8Array(1000).fill(0x61);
      const cr = bytes('\r');
      const work = watchBytes();
      for (let i = 0; i < 10; i++) source.next(chunk);
      source.next(cr);
      const { largest } = work;
      source.next(chunk);
      expect(work.largest).toBe(largest);
      expect(largest).toBe(10_001);
      expect(outcome.error).toMatchObject({ info: { maxFrame: 10_000, size: 11_001 } });
    });

    it('no memory at all for what is too long already', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lines({ maxFrame: 10 })));
      const chunk = new Uint8Array(1000).fill(0x61);
      const work = watchBytes();
      source.next(chunk);
      const { copied, allocated } = work;
      expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
      expect(outcome.error).toBeInstanceOf(FrameTooLargeError);
    });
  });

  it('does not decode what nobody will read', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lines(), take(2)));
    const chunk = bytes('a line\r\n'.repeat(1000));
    const work = watchBytes();
    source.next(chunk);
    const { decoded } = work;
    expect(outcome.values).toHaveLength(2);
    expect(decoded).toBe(12);
  });

  it.each(['whole\n', 'whole\nunfinished'])('keeps no chunk alive: %j', async (text) => {
    const { source, chunk } = await afterChunk(lines(), () => bytes(text));
    expect(chunk.deref()).toBeUndefined();
    expect(source.observed).toBe(true);
  });

  it('keeps no part of a chunk whose memory is used again', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lines()));
    const memory = new Uint8Array(4);
    for (const piece of ['ab\nc', 'defg', 'h\nij', '\n\nk\n']) {
      memory.set(bytes(piece));
      source.next(memory);
    }
    expect(outcome.values).toEqual(['ab', 'cdefgh', 'ij', '', 'k']);
  });
});
