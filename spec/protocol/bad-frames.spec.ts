import { Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { delimited } from '../../src/protocol/delimited.js';
import { fixed } from '../../src/protocol/fixed.js';
import type { Format } from '../../src/protocol/format.js';
import { FrameError } from '../../src/protocol/frame-error.js';
import { FrameLengthError } from '../../src/protocol/frame-length-error.js';
import { FrameResetError } from '../../src/protocol/frame-reset-error.js';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import type { OnBadFrame } from '../../src/protocol/framing-config.js';
import { lengthPrefixed } from '../../src/protocol/length-prefixed.js';
import { lines } from '../../src/protocol/lines.js';
import { ndjson } from '../../src/protocol/ndjson.js';
import { watchBytes } from './byte-work.js';
import { bytesOf, read, watch } from './outcome.js';
import { everySplit } from './splits.js';

const MiB = 1024 * 1024;
const decoder = new TextDecoder();
const show = (frame: unknown): unknown => (frame instanceof Uint8Array ? decoder.decode(frame) : frame);

interface Example {
  readonly create: (onBadFrame: OnBadFrame<unknown>) => Format<unknown, never>;
  readonly stream: string;
}

/** Formats, each with a stream of a good frame, one that is too long, a good one, and half of one. */
const formats: Record<string, Example> = {
  lines: {
    create: (onBadFrame) => lines({ maxFrame: 2, rest: 'error', onBadFrame }),
    stream: 'a\nbad\r\nc\r\nd',
  },
  delimited: {
    create: (onBadFrame) => delimited('--', { maxFrame: 2, onBadFrame }),
    stream: 'a--bad--c--d-',
  },
  lengthPrefixed: {
    create: (onBadFrame) => lengthPrefixed({ bytes: 1, maxFrame: 2, onBadFrame }),
    stream: '\x01a\x03bad\x01c\x02d',
  },
};

describe.each(Object.entries(formats))('a bad frame of %s', (_, { create, stream }) => {
  const splits = () => everySplit(bytesOf(stream));

  it("is an error with 'error'", () => {
    for (const pieces of splits()) {
      const { values, error, completed } = read(create('error'), pieces);
      expect({ values: values.map(show), completed }).toEqual({ values: ['a'], completed: false });
      expect(error).toBeInstanceOf(FrameTooLargeError);
      expect(error).toBeInstanceOf(FrameError);
    }
  });

  it("is an error that asks for another connection with 'reset'", () => {
    for (const pieces of splits()) {
      const { values, error, completed } = read(create('reset'), pieces);
      expect({ values: values.map(show), completed }).toEqual({ values: ['a'], completed: false });
      expect(error).toBeInstanceOf(FrameResetError);
      expect(error).not.toBeInstanceOf(FrameError);
      expect(error).toMatchObject({
        name: 'FrameResetError',
        code: 'RXPOOL_FRAME_RESET',
        retryable: true,
        info: { reason: 'RXPOOL_FRAME_TOO_LARGE' },
        cause: { code: 'RXPOOL_FRAME_TOO_LARGE', retryable: false },
        message: expect.stringMatching(/^the connection is no longer usable: a frame of \d bytes or more/) as string,
      });
    }
  });

  it("is left out and counted with 'skip', and those after it come", () => {
    for (const pieces of splits()) {
      const format = create('skip');
      const { values, ...how } = read(format, pieces);
      expect({ values: values.map(show), ...how }).toEqual({ values: ['a', 'c'], completed: true });
      expect(format.skipped).toBe(2);
    }
  });

  it('is what a function makes of it, in its place', () => {
    for (const pieces of splits()) {
      const format = create((error) => error);
      const { values, completed } = read(format, pieces);
      expect(completed).toBe(true);
      expect(values.map((value) => (value instanceof FrameError ? value.code : show(value)))).toEqual([
        'a',
        'RXPOOL_FRAME_TOO_LARGE',
        'c',
        'RXPOOL_FRAME_TRUNCATED',
      ]);
      expect(format.skipped).toBe(0);
    }
  });

  it('is skipped where the function makes nothing of it', () => {
    const seen: string[] = [];
    const format = create((error) => {
      seen.push(error.code);
      return undefined;
    });
    const { values, completed } = read(format, [bytesOf(stream)]);
    expect({ values: values.map(show), completed }).toEqual({ values: ['a', 'c'], completed: true });
    expect(seen).toEqual(['RXPOOL_FRAME_TOO_LARGE', 'RXPOOL_FRAME_TRUNCATED']);
    expect(format.skipped).toBe(2);
  });

  it('is whatever error the function throws', () => {
    const own = new Error('own');
    const format = create(() => {
      throw own;
    });
    const { values, error } = read(format, [bytesOf(stream)]);
    expect({ values: values.map(show), error }).toEqual({ values: ['a'], error: own });
    expect(format.skipped).toBe(0);
  });
});

describe('a frame that is skipped', () => {
  it.each([
    ['lines', lines({ maxFrame: 100, onBadFrame: 'skip' }), '', '\nok\n'],
    ['delimited', delimited('\n', { maxFrame: 100, onBadFrame: 'skip' }), '', '\nok\n'],
    [
      'lengthPrefixed',
      lengthPrefixed({ bytes: 4, maxFrame: 100, onBadFrame: 'skip' }),
      '\x00\x06\x40\x00',
      '\x00\x00\x00\x02ok',
    ],
  ])('is not kept: %s', (_, format, before, after) => {
    const source = new Subject<Uint8Array>();
    const outcome = watch<unknown>(source.pipe(format as Format<unknown, never>));
    const chunk = new Uint8Array(4096).fill(0x61);
    const work = watchBytes();
    source.next(bytesOf(before));
    for (let i = 0; i < 100; i++) source.next(chunk);
    const { copied, allocated } = work;
    expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
    expect(outcome.values).toEqual([]);
    source.next(bytesOf(after));
    expect(outcome.values.map(show)).toEqual(['ok']);
    expect(format.skipped).toBe(1);
  });

  it('is dropped in time that goes with its length, even byte by byte', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(delimited('aab', { maxFrame: 10, onBadFrame: 'skip' })));
    const one = bytesOf('a');
    const work = watchBytes();
    for (let i = 0; i < MiB / 4; i++) source.next(one);
    const { searched, largest } = work;
    expect(searched).toBeLessThanOrEqual(MiB);
    expect(largest).toBeLessThanOrEqual(12);
    source.next(bytesOf('bokaab'));
    expect(outcome.values.map(show)).toEqual(['ok']);
  });

  it('may end the stream, and has been told of by then', () => {
    for (const [format, stream] of [
      [lines({ maxFrame: 1, onBadFrame: 'skip' }), 'abc'],
      [delimited('--', { maxFrame: 1, onBadFrame: 'skip' }), 'abc-'],
      [delimited('--', { maxFrame: 1, rest: 'emit', onBadFrame: 'skip' }), 'abc-'],
      [lengthPrefixed({ bytes: 1, maxFrame: 1, onBadFrame: 'skip' }), '\x05abc'],
    ] as const) {
      for (const pieces of everySplit(bytesOf(stream))) {
        const before = format.skipped;
        expect(read<unknown>(format, pieces)).toEqual({ values: [], completed: true });
        expect(format.skipped).toBe(before + 1);
      }
    }
  });

  it('counts together with those of other streams', () => {
    const format = ndjson({ onBadFrame: 'skip' });
    expect(format.skipped).toBe(0);
    read(format, [bytesOf('{\n}\n')]);
    read(format, [bytesOf('1\n{\n')]);
    expect(format.skipped).toBe(3);
    expect(ndjson({ onBadFrame: 'skip' }).skipped).toBe(0);
  });
});

describe('a length that cannot be', () => {
  const stream = bytesOf('\x03\x00a\x01\x00b');
  const config = { bytes: 2, endian: 'little', includesHeader: true } as const;

  it.each(['error', 'skip', () => 'instead'] as const)('ends the stream, with %s too', (onBadFrame) => {
    const format = lengthPrefixed({ ...config, onBadFrame });
    for (const pieces of everySplit(stream)) {
      const { error, completed } = read<unknown>(format, pieces);
      expect(completed).toBe(false);
      expect(error).toBeInstanceOf(FrameLengthError);
    }
    expect(format.skipped).toBe(0);
  });

  it("asks for another connection with 'reset'", () => {
    expect(read(lengthPrefixed({ ...config, onBadFrame: 'reset' }), [stream]).error).toMatchObject({
      code: 'RXPOOL_FRAME_RESET',
      cause: { code: 'RXPOOL_FRAME_LENGTH' },
    });
  });
});

describe('what is no bad frame', () => {
  it('is an error with any policy: something else than bytes', () => {
    for (const onBadFrame of ['error', 'reset', 'skip', () => 'instead'] as const) {
      const { error } = read(lines({ onBadFrame }), ['a\n' as unknown as Uint8Array]);
      expect(error).toBeInstanceOf(TypeError);
    }
  });

  it('is an error with any policy: one of the source', () => {
    const lost = new Error('lost');
    for (const onBadFrame of ['error', 'reset', 'skip', () => 'instead'] as const) {
      expect(watch(throwError(() => lost).pipe(lines({ onBadFrame }))).error).toBe(lost);
    }
  });
});

describe('the function of onBadFrame', () => {
  it('may unsubscribe, and then nothing more is read', () => {
    const source = new Subject<Uint8Array>();
    const values: unknown[] = [];
    const seen: FrameError[] = [];
    const format = lines({
      maxFrame: 1,
      onBadFrame: (error) => {
        seen.push(error);
        subscription.unsubscribe();
        return undefined;
      },
    });
    const subscription = source.pipe(format).subscribe((line) => values.push(line));
    source.next(bytesOf('a\nlong\nb\nlong\nc\n'));
    expect({ values, seen: seen.length, observed: source.observed }).toEqual({
      values: ['a'],
      seen: 1,
      observed: false,
    });
  });

  it('may push more input, which waits for its turn', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(
      source.pipe(
        lines({
          maxFrame: 2,
          onBadFrame: () => {
            source.next(bytesOf('d\n'));
            return 'instead';
          },
        }),
      ),
    );
    source.next(bytesOf('a\nlong\nb\nc'));
    source.next(bytesOf('\n'));
    expect(outcome.values).toEqual(['a', 'instead', 'b', 'cd', '']);
  });
});

it('fixed has no bad frame but the last', () => {
  const { error } = read(fixed(2), [bytesOf('abc')]);
  expect(error).toBeInstanceOf(FrameTruncatedError);
});
