import { config as rxjsConfig, Observable, retry, Subject, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { lengthPrefixed, type LengthPrefixedConfig } from '../../src/protocol/length-prefixed.js';
import { watchBytes } from './byte-work.js';
import { afterChunk } from './after-chunk.js';
import { read, watch, type Outcome } from './outcome.js';
import { everySplit, randomSplit, seeded } from './splits.js';

const MiB = 1024 * 1024;
const { of } = Uint8Array;
const bytes = of.bind(Uint8Array);
const oneByte = { bytes: 1 } as const;

/** All of what comes out when the source emits the pieces and completes. */
function split(pieces: readonly Uint8Array[], config?: LengthPrefixedConfig): Outcome<Uint8Array> {
  return read(lengthPrefixed(config), pieces);
}

/** A layout with a length of up to four bytes and nothing else in its header. */
interface IntegerConfig extends LengthPrefixedConfig {
  readonly bytes?: 1 | 2 | 4;
}

/** The frame of a body, made the other way than the operator reads it: by DataView. */
function frame(body: Uint8Array, { bytes: width = 4, endian = 'big' }: IntegerConfig = {}): Uint8Array {
  const whole = new Uint8Array(width + body.length);
  const view = new DataView(whole.buffer);
  const little = endian === 'little';
  if (width === 1) view.setUint8(0, body.length);
  else if (width === 2) view.setUint16(0, body.length, little);
  else view.setUint32(0, body.length, little);
  whole.set(body, width);
  return whole;
}

describe('lengthPrefixed', () => {
  describe('splits', () => {
    it('emits the bodies, without their lengths', () => {
      expect(split([bytes(0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9)])).toEqual({
        values: [bytes(7, 8), bytes(9)],
        completed: true,
      });
    });

    it('emits empty frames', () => {
      expect(split([bytes(0, 1, 9, 0), bytes(0)], oneByte)).toEqual({
        values: [bytes(), bytes(9), bytes(), bytes()],
        completed: true,
      });
    });

    it('emits nothing for nothing', () => {
      expect(split([])).toEqual({ values: [], completed: true });
      expect(split([bytes()])).toEqual({ values: [], completed: true });
    });

    it.each<IntegerConfig>([
      {},
      { endian: 'little' },
      { bytes: 2 },
      { bytes: 2, endian: 'little' },
      { bytes: 1 },
      { bytes: 1, endian: 'little' },
      { bytes: 4, endian: 'big' },
    ])('gives the same frames however a short stream is cut, with %j', (config) => {
      const bodies = [bytes(1, 0), bytes(), bytes(9)];
      const stream = Buffer.concat(bodies.map((body) => frame(body, config)));
      for (const pieces of everySplit(stream)) {
        // One text to compare, not an array of arrays: this runs thousands of times.
        expect(
          split(pieces, config)
            .values.map((body) => body.join(','))
            .join('|'),
        ).toBe('1,0||9');
      }
    });

    it.each<IntegerConfig>([{}, { endian: 'little' }, { bytes: 2 }, { bytes: 2, endian: 'little' }, { bytes: 1 }])(
      'gives the same frames however a long stream is cut, with %j',
      (config) => {
        const random = seeded(2);
        const most = config.bytes === 1 ? 256 : 3000;
        const bodies = Array.from({ length: 300 }, () =>
          new Uint8Array(random() ** 2 * most).map(() => random() * 256),
        );
        const stream = Buffer.concat(bodies.map((body) => frame(body, config)));
        for (const longest of [1, 2, 7, 100, 1000, 100_000]) {
          const { values, completed } = split(randomSplit(stream, longest, random), config);
          expect(completed).toBe(true);
          expect(values.map(({ length }) => length)).toEqual(bodies.map(({ length }) => length));
          expect(Buffer.concat(values).equals(Buffer.concat(bodies))).toBe(true);
        }
      },
    );
  });

  describe('the length', () => {
    it('takes 4 bytes by default, the most significant first', () => {
      expect(split([bytes(0, 1, 0, 0), new Uint8Array(65_536)]).values.map(({ length }) => length)).toEqual([65_536]);
    });

    it('takes as many bytes as it is told', () => {
      expect(split([bytes(1, 9)], { bytes: 1 }).values).toEqual([bytes(9)]);
      expect(split([bytes(0, 1, 9)], { bytes: 2 }).values).toEqual([bytes(9)]);
      expect(split([bytes(0, 0, 0, 1, 9)], { bytes: 4 }).values).toEqual([bytes(9)]);
    });

    it('takes them in the order it is told', () => {
      expect(split([bytes(1, 0, 9)], { bytes: 2, endian: 'little' }).values).toEqual([bytes(9)]);
      expect(split([bytes(0, 1, 9)], { bytes: 2, endian: 'big' }).values).toEqual([bytes(9)]);
    });

    it.each(['big', 'little'] as const)('is unsigned, %s end first', (endian) => {
      const length = endian === 'big' ? bytes(0xff, 0xfe, 0xfd, 0xfc) : bytes(0xfc, 0xfd, 0xfe, 0xff);
      expect(split([length], { endian }).error).toMatchObject({ info: { size: 0xfffefdfc } });
    });

    it.each([0, 3, 16, '4', null])('does not take %j bytes', (width) => {
      const create = () => lengthPrefixed({ bytes: width as 4 });
      expect(create).toThrow(width === null ? TypeError : RangeError);
      expect(create).toThrow(`lengthPrefixed: bytes must be one of 1, 2, 4, 8, "varint", got ${JSON.stringify(width)}`);
    });

    it.each(['middle', 1])('does not have a %j end', (endian) => {
      const create = () => lengthPrefixed({ endian: endian as 'big' });
      expect(create).toThrow(typeof endian === 'string' ? RangeError : TypeError);
      expect(create).toThrow('lengthPrefixed: endian must be one of "big", "little"');
    });
  });

  describe('maxFrame', () => {
    it('allows a body just as long', () => {
      for (const pieces of everySplit(bytes(0, 0, 0, 4, 1, 2, 3, 4))) {
        expect(split(pieces, { maxFrame: 4 }).values).toEqual([bytes(1, 2, 3, 4)]);
      }
    });

    it('refuses one that is a byte longer, as soon as it is announced', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lengthPrefixed({ maxFrame: 4 })));
      source.next(bytes(0, 0, 0, 1, 9, 0, 0, 0));
      expect(outcome).toEqual({ values: [bytes(9)], completed: false });
      source.next(bytes(5));
      expect(outcome.error).toBeInstanceOf(FrameTooLargeError);
      expect(outcome.error).toMatchObject({
        name: 'FrameTooLargeError',
        code: 'RXPOOL_FRAME_TOO_LARGE',
        retryable: false,
        info: { maxFrame: 4, size: 5 },
      });
      expect(outcome.completed).toBe(false);
      expect(source.observed).toBe(false);
    });

    it('refuses it even if the whole of it is there', () => {
      expect(split([frame(new Uint8Array(5))], { maxFrame: 4 }).error).toBeInstanceOf(FrameTooLargeError);
    });

    it('is 16 MiB by default', () => {
      const allowed = split([bytes(1, 0, 0, 0), new Uint8Array(16 * MiB)]);
      expect(allowed.values.map(({ length }) => length)).toEqual([16 * MiB]);
      expect(split([bytes(1, 0, 0, 1)]).error).toMatchObject({ info: { maxFrame: 16 * MiB, size: 16 * MiB + 1 } });
    });

    it.each([0, -1, 1.5, NaN, Infinity])('is not %d', (maxFrame) => {
      expect(() => lengthPrefixed({ maxFrame })).toThrow(RangeError);
      expect(() => lengthPrefixed({ maxFrame })).toThrow('lengthPrefixed: maxFrame must be an integer from 1 to');
    });
  });

  describe('completion in the middle of a frame', () => {
    it.each([
      [[0, 0, 0, 3, 1, 2], { announced: 3, received: 2 }, 'the stream ended 2 bytes into a frame of 3 bytes'],
      [[0, 0, 0, 3], { announced: 3, received: 0 }, 'the stream ended 0 bytes into a frame of 3 bytes'],
      [[0, 0], { announced: undefined, received: 2 }, 'the stream ended 2 bytes into the length of a frame'],
    ])('is an error: %j', (rest, info, message) => {
      for (const pieces of everySplit(bytes(0, 0, 0, 1, 9, ...rest))) {
        const { values, error, completed } = split(pieces);
        expect({ values, completed }).toEqual({ values: [bytes(9)], completed: false });
        expect(error).toBeInstanceOf(FrameTruncatedError);
        expect(error).toMatchObject({
          name: 'FrameTruncatedError',
          code: 'RXPOOL_FRAME_TRUNCATED',
          retryable: true,
          info,
          message,
        });
      }
    });

    it('is known for what it is after a frame that came whole', () => {
      expect(split([bytes(1), bytes(9), bytes(2, 8)], oneByte).error).toMatchObject({
        info: { announced: 2, received: 1 },
      });
    });
  });

  it('refuses an unknown option, and a configuration that is none', () => {
    expect(() => lengthPrefixed({ width: 4 } as LengthPrefixedConfig)).toThrow(TypeError);
    expect(() => lengthPrefixed({ width: 4 } as LengthPrefixedConfig)).toThrow('lengthPrefixed: unknown option width');
    expect(() => lengthPrefixed(4 as unknown as LengthPrefixedConfig)).toThrow(TypeError);
  });

  it('refuses text for bytes', () => {
    expect(split(['\x01a' as unknown as Uint8Array], oneByte).error).toBeInstanceOf(TypeError);
  });

  describe('in time', () => {
    const run = (test: Parameters<TestScheduler['run']>[0]) =>
      new TestScheduler((actual, expected) => {
        expect(actual).toEqual(expected);
      }).run(test);

    it('emits each frame when its last byte comes', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c----|', { a: bytes(2, 7), b: bytes(8, 1), c: bytes(9, 0) });
        const result = source.pipe(lengthPrefixed(oneByte));
        expectObservable(result).toBe('-----a--(bc)-|', { a: bytes(7, 8), b: bytes(9), c: bytes() });
        expectSubscriptions(source.subscriptions).toBe('^------------!');
      }));

    it('passes an error on and drops what is unfinished', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--#', { a: bytes(1, 9), b: bytes(3, 7) }, 'reset');
        expectObservable(source.pipe(lengthPrefixed(oneByte))).toBe('--a-----#', { a: bytes(9) }, 'reset');
        expectSubscriptions(source.subscriptions).toBe('^-------!');
      }));

    it('errors with the completion in the middle of a frame', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--|', { a: bytes(3, 7) });
        const error = new FrameTruncatedError({ announced: 3, received: 1 });
        expectObservable(source.pipe(lengthPrefixed(oneByte))).toBe('-----#', {}, error);
        expectSubscriptions(source.subscriptions).toBe('^----!');
      }));

    it('unsubscribes from the source at once with take(1), however many frames are left', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--c--|', { a: bytes(2, 7), b: bytes(8, 1, 9, 0), c: bytes(0) });
        expectObservable(source.pipe(lengthPrefixed(oneByte), take(1))).toBe('-----(a|)', { a: bytes(7, 8) });
        expectSubscriptions(source.subscriptions).toBe('^----!');
      }));

    it('unsubscribes from the source when a frame is too long', () =>
      run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a--b--|', { a: bytes(3), b: bytes(1, 2, 3) });
        const error = new FrameTooLargeError({ maxFrame: 2, size: 3 });
        expectObservable(source.pipe(lengthPrefixed({ bytes: 1, maxFrame: 2 }))).toBe('--#', {}, error);
        expectSubscriptions(source.subscriptions).toBe('^-!');
      }));

    it('begins anew with each subscription', () =>
      run(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('-a-b-#', { a: bytes(1, 7, 2), b: bytes(8, 9, 2, 1) });
        const result = source.pipe(lengthPrefixed(oneByte), retry(1));
        expectObservable(result).toBe('-a-b--a-b-#', { a: bytes(7), b: bytes(8, 9) });
        expectSubscriptions(source.subscriptions).toBe(['^----!', '-----^----!']);
      }));
  });

  it('shares nothing between the streams one operator is used on', () => {
    const operator = lengthPrefixed(oneByte);
    const [a, b] = [new Subject<Uint8Array>(), new Subject<Uint8Array>()];
    const [fromA, fromB] = [watch(a.pipe(operator)), watch(b.pipe(operator))];
    a.next(bytes(3, 1));
    b.next(bytes(2, 9));
    a.next(bytes(2, 3));
    b.next(bytes(8));
    expect([fromA.values, fromB.values]).toEqual([[bytes(1, 2, 3)], [bytes(9, 8)]]);
  });

  it('stops a source that emits while it is being subscribed to', () => {
    const closed: boolean[] = [];
    const source = new Observable<Uint8Array>((subscriber) => {
      for (let i = 0; i < 3; i++) {
        subscriber.next(bytes(1, i));
        closed.push(subscriber.closed);
      }
    });
    const outcome = watch(source.pipe(lengthPrefixed(oneByte), take(2)));
    expect(outcome).toEqual({ values: [bytes(0), bytes(1)], completed: true });
    expect(closed).toEqual([false, true, true]);
  });

  it('does not call an unsubscribe in the middle of a frame a truncation', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lengthPrefixed(oneByte), take(1)));
    source.next(bytes(1, 9, 3, 1));
    source.complete();
    expect(outcome).toEqual({ values: [bytes(9)], completed: true });
  });

  it('has nothing to say once it is unsubscribed from, not even to RxJS', () => {
    vi.useFakeTimers();
    const late = (rxjsConfig.onStoppedNotification = vi.fn());
    onTestFinished(() => {
      rxjsConfig.onStoppedNotification = null;
      vi.useRealTimers();
    });
    const source = new Subject<Uint8Array>();
    const subscription = source.pipe(lengthPrefixed(oneByte)).subscribe();
    source.next(bytes(3, 1));
    subscription.unsubscribe();
    vi.runAllTimers();
    expect(late).not.toHaveBeenCalled();
  });

  describe('with a consumer that pushes more input', () => {
    function answering(answer: (body: number, source: Subject<Uint8Array>) => void): [Subject<Uint8Array>, unknown[]] {
      const source = new Subject<Uint8Array>();
      const seen: unknown[] = [];
      source.pipe(lengthPrefixed(oneByte)).subscribe({
        next: (body) => {
          seen.push(body.join());
          answer(body[0]!, source);
          seen.push(`after ${body.join()}`);
        },
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      return [source, seen];
    }

    it('keeps the order, loses nothing and completes last', () => {
      const [source, seen] = answering((body, again) => {
        if (body !== 1) return;
        again.next(bytes(4, 1));
        again.next(bytes(5));
        again.complete();
      });
      source.next(bytes(1, 1, 1, 2, 2, 3));
      expect(seen).toEqual(['1', 'after 1', '2', 'after 2', '3,4', 'after 3,4', '5', 'after 5', 'complete']);
    });

    it('errors last, for a truncation too', () => {
      const [source, seen] = answering((body, again) => {
        if (body === 1) again.complete();
      });
      source.next(bytes(1, 1, 1, 2, 2, 3));
      const error = new FrameTruncatedError({ announced: 2, received: 1 });
      expect(seen).toEqual(['1', 'after 1', '2', 'after 2', error]);
    });

    it('does not deepen the stack', () => {
      let count = 0;
      const [source] = answering((_, again) => {
        if (++count < 50_000) again.next(bytes(1, 1));
      });
      source.next(bytes(1, 1));
      expect(count).toBe(50_000);
    });
  });

  describe('memory', () => {
    it('is a view of the chunk for a frame that lies within it', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lengthPrefixed(oneByte)));
      const chunk = new Uint8Array(3000).map((_, i) => (i % 3 === 0 ? 2 : i));
      const work = watchBytes();
      source.next(chunk);
      const { copied, allocated } = work;
      expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
      expect(outcome.values).toHaveLength(1000);
      expect(outcome.values.every(({ buffer }) => buffer === chunk.buffer)).toBe(true);
      expect(outcome.values[1]).toMatchObject({ byteOffset: 4, length: 2 });
    });

    it('is a plain Uint8Array, wherever the chunks were cut', () => {
      const whole = split([Buffer.from([2, 8, 9])], oneByte);
      const cut = split([Buffer.from([2, 8]), Buffer.from([9])], oneByte);
      for (const body of [whole.values[0]!, cut.values[0]!]) {
        expect(Object.getPrototypeOf(body)).toBe(Uint8Array.prototype);
        expect([...body]).toEqual([8, 9]);
      }
    });

    it('is never written to again once it was emitted', () => {
      const { values } = split([bytes(2, 1), bytes(2, 2, 3), bytes(4, 3, 5), bytes(6, 7)], oneByte);
      expect(values).toEqual([bytes(1, 2), bytes(3, 4), bytes(5, 6, 7)]);
    });

    it('is not that of the chunk for a frame that is unfinished: the source may use it again', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lengthPrefixed(oneByte)));
      const memory = new Uint8Array(2);
      for (const piece of [bytes(3, 1), bytes(2, 3)]) {
        memory.set(piece);
        source.next(memory);
      }
      memory.fill(0);
      expect(outcome.values).toEqual([bytes(1, 2, 3)]);
    });

    it.each([[[1, 9]], [[1, 9, 3, 1]], [[1, 9, 3]]])(
      'is not that of the chunk once its frames are gone: %j',
      async (values) => {
        const { source, chunk } = await afterChunk(lengthPrefixed(oneByte), () => bytes(...values));
        expect(chunk.deref()).toBeUndefined();
        expect(source.observed).toBe(true);
      },
    );

    it('is exactly as much as the frame, for one that came in pieces', () => {
      const { values } = split(randomSplit(frame(new Uint8Array(10_000)), 700, seeded(3)));
      expect(values.map(({ buffer }) => buffer.byteLength)).toEqual([10_000]);
    });

    it('is taken as the body comes in, not as it is announced', () => {
      const source = new Subject<Uint8Array>();
      watch(source.pipe(lengthPrefixed()));
      const [length, start] = [bytes(1, 0, 0, 0), new Uint8Array(1000)];
      const work = watchBytes();
      source.next(length);
      const { allocated } = work;
      source.next(start);
      const { largest } = work;
      expect(allocated).toBe(0);
      expect(largest).toBeLessThanOrEqual(2 * start.length);
    });

    it('is copied a constant number of times, even byte by byte', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(lengthPrefixed()));
      const whole = frame(new Uint8Array(MiB).map((_, i) => i));
      const pieces = Array.from(whole, (_, i) => whole.subarray(i, i + 1));
      const work = watchBytes();
      for (const piece of pieces) source.next(piece);
      const { copied, allocated } = work;
      expect(copied).toBeLessThanOrEqual(3 * MiB);
      expect(allocated).toBeLessThanOrEqual(4 * MiB);
      expect(outcome.values).toHaveLength(1);
      expect(Buffer.compare(outcome.values[0]!, whole.subarray(4))).toBe(0);
    });
  });
});
