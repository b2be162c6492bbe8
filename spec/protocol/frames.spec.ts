import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Codec, Decoding } from '../../src/protocol/codec.js';
import { FrameError } from '../../src/protocol/frame-error.js';
import { FrameLengthError } from '../../src/protocol/frame-length-error.js';
import { FrameMalformedError } from '../../src/protocol/frame-malformed-error.js';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { frames } from '../../src/protocol/frames.js';
import { watchBytes } from './byte-work.js';
import { bytesOf, read, watch } from './outcome.js';
import { everySplit } from './splits.js';

const MiB = 1024 * 1024;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A text with its length in digits in front of it, and a line feed behind: `3:abc` and so on. */
const netstring: Codec<string> = {
  *decode() {
    const size = Number(text(yield ':'));
    const body = text(yield size);
    if (text(yield 1) !== '\n') throw new Error('no line feed');
    return body;
  },
  encode: (body) => bytesOf(`${bytesOf(body).length}:${body}\n`),
  resumes: true,
};

/** A codec that reads frames in one way. */
function reading<T>(decode: Codec<T>['decode'], resumes = false): Codec<T> {
  return { decode, encode: () => new Uint8Array(0), resumes };
}

describe('frames', () => {
  it('gives the same frames however the stream is cut', () => {
    for (const pieces of everySplit(bytesOf('2:é\n0:\n3:1:\n\n'))) {
      expect(read(frames(netstring), pieces)).toEqual({ values: ['é', '', '1:\n'], completed: true });
    }
  });

  it('takes a delimiter of several bytes, as text or as bytes', () => {
    const codec = reading(function* () {
      return [text(yield '\r\n'), text(yield Uint8Array.of(0, 0))].join('|');
    });
    for (const pieces of everySplit(bytesOf('a\r\r\nb\0c\0\0\r\n\0\0'))) {
      expect(read(frames(codec), pieces)).toEqual({ values: ['a\r|b\0c', '|'], completed: true });
    }
  });

  it('keeps delimiters apart, also where bytes are read between them', () => {
    const codec = reading(function* () {
      const size = Number(text(yield ':'));
      const body = text(yield size);
      const tag = text(yield ':');
      return [body, tag, text(yield '\n')].join('|');
    });
    for (const pieces of everySplit(bytesOf('2:a\nb:c:d\n1::e:\n'))) {
      expect(read(frames(codec), pieces)).toEqual({ values: ['a\n|b|c:d', ':|e|'], completed: true });
    }
  });

  it('asks nobody else what the codec has asked itself', () => {
    const codec = reading(function* () {
      const first = yield 0;
      const second = yield 1;
      return [first.length, second[0]];
    });
    expect(read(frames(codec), [Uint8Array.of(7, 8)]).values).toEqual([
      [0, 7],
      [0, 8],
    ]);
  });

  it('emits nothing for undefined', () => {
    const codec = reading(function* () {
      const line = text(yield '\n');
      return line === '' ? undefined : line;
    });
    expect(read(frames(codec), [bytesOf('\na\n\n\nb\n\n')])).toEqual({ values: ['a', 'b'], completed: true });
  });

  it('emits any other value', () => {
    const codec = reading(function* () {
      return JSON.parse(text(yield '\n')) as unknown;
    });
    expect(read(frames(codec), [bytesOf('null\n0\nfalse\n""\n')]).values).toEqual([null, 0, false, '']);
  });

  it('leaves `this` as it is', () => {
    class Counted implements Codec<number> {
      count = 0;
      *decode(): Decoding<number> {
        yield 1;
        return ++this.count;
      }
      encode(count: number): Uint8Array {
        return Uint8Array.of(this.count + count);
      }
    }
    const format = frames(new Counted());
    expect(read(format, [Uint8Array.of(0, 0)]).values).toEqual([1, 2]);
    const { encode } = format;
    expect(encode(5)).toEqual(Uint8Array.of(7));
  });

  it('shares nothing between the streams one operator is used on', () => {
    const operator = frames(netstring);
    const [a, b] = [new Subject<Uint8Array>(), new Subject<Uint8Array>()];
    const [fromA, fromB] = [watch(a.pipe(operator)), watch(b.pipe(operator))];
    a.next(bytesOf('3:a'));
    b.next(bytesOf('1'));
    a.next(bytesOf('bc\n'));
    b.next(bytesOf(':d\n'));
    expect([fromA.values, fromB.values]).toEqual([['abc'], ['d']]);
  });

  describe('an error of the codec', () => {
    it('is the cause of that of the stream', () => {
      for (const pieces of everySplit(bytesOf('1:a\n1:bx2:c'))) {
        const { values, error, completed } = read(frames(netstring), pieces);
        expect({ values, completed }).toEqual({ values: ['a'], completed: false });
        expect(error).toBeInstanceOf(FrameMalformedError);
        expect(error).toMatchObject({
          message: 'the codec refuses a frame: no line feed',
          info: { format: 'codec' },
          cause: { message: 'no line feed' },
          retryable: false,
        });
      }
    });

    it('is passed on if it is a FrameError', () => {
      class Refused extends FrameError {}
      const refused = new Refused('refused', { info: {}, retryable: true });
      const codec = reading(function* () {
        yield 1;
        throw refused;
      });
      expect(read(frames(codec), [Uint8Array.of(1)]).error).toBe(refused);
    });

    it('lets the next frame begin where it was thrown, if the codec resumes', () => {
      for (const pieces of everySplit(bytesOf('1:a\n1:bx1:c\n'))) {
        const format = frames(netstring, { onBadFrame: 'skip' });
        expect(read(format, pieces)).toEqual({ values: ['a', 'c'], completed: true });
        expect(format.skipped).toBe(1);
      }
    });

    it.each([new Error('wrong'), new FrameTooLargeError({ maxFrame: 1, size: 2 })])(
      'ends the stream if nothing has been read: %s',
      (wrong) => {
        const codec = reading(function* (): Decoding<string> {
          if (wrong.message !== '') throw wrong;
          yield 1;
          return '';
        }, true);
        const { error } = read(frames(codec, { onBadFrame: 'skip' }), [Uint8Array.of(1)]);
        expect(error).toBeInstanceOf(TypeError);
        expect(error).toMatchObject({
          message: 'frames: decode must read at least one byte of each frame',
          cause: wrong,
        });
      },
    );
  });

  it.each<[string, Codec<string>['decode']]>([
    [
      'nothing',
      function* () {
        if (String(1) === '') yield 1;
        return 'again';
      },
    ],
    [
      'no bytes',
      function* () {
        yield 0;
        return undefined;
      },
    ],
  ])('cannot be made of %s', (_, decode) => {
    const { error } = read(frames(reading(decode)), [Uint8Array.of(1)]);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty('message', 'frames: decode must read at least one byte of each frame');
  });

  describe('maxFrame', () => {
    it('limits what the reads of a frame give together', () => {
      for (const pieces of everySplit(bytesOf('3:abc\n'))) {
        expect(read(frames(netstring, { maxFrame: 5 }), pieces).values).toEqual(['abc']);
        const { error } = read(frames(netstring, { maxFrame: 4 }), pieces);
        expect(error).toBeInstanceOf(FrameTooLargeError);
        expect(error).toMatchObject({ info: { maxFrame: 4, size: 5 } });
      }
    });

    it('begins anew with each frame', () => {
      expect(read(frames(netstring, { maxFrame: 5 }), [bytesOf('3:abc\n3:abc\n')]).values).toEqual(['abc', 'abc']);
    });

    it('counts what was read before a delimiter', () => {
      const codec = reading(function* () {
        return `${text(yield 3)} ${text(yield '--')}`;
      });
      for (const pieces of everySplit(bytesOf('abcde--'))) {
        expect(read(frames(codec, { maxFrame: 5 }), pieces).values).toEqual(['abc de']);
        expect(read(frames(codec, { maxFrame: 4 }), pieces).error).toBeInstanceOf(FrameTooLargeError);
      }
    });

    it('is 16 MiB by default', () => {
      const codec = reading(function* () {
        return (yield 16 * MiB + 1).length;
      });
      expect(read(frames(codec), [Uint8Array.of(1)]).error).toMatchObject({ info: { maxFrame: 16 * MiB } });
    });

    it('throws at the yield, where the codec may read on to the end of the frame', () => {
      const codec = reading(function* () {
        try {
          return text(yield '--');
        } catch (error) {
          const end = text(yield '\n');
          if (end === 'o') return 'kept';
          throw error;
        }
      }, true);
      for (const pieces of everySplit(bytesOf('abc--x\nabc--o\n'))) {
        const format = frames(codec, { maxFrame: 2, onBadFrame: (error) => error.code });
        expect(read(format, pieces)).toEqual({ values: ['RXPOOL_FRAME_TOO_LARGE', 'kept'], completed: true });
      }
    });

    it('drops a read that is too long without keeping it, and reads on behind it', () => {
      const source = new Subject<Uint8Array>();
      const format = frames(netstring, { maxFrame: 1000, onBadFrame: 'skip' });
      const outcome = watch(source.pipe(format));
      const chunk = new Uint8Array(1000);
      source.next(bytesOf('100000:'));
      const work = watchBytes();
      for (let i = 0; i < 100; i++) source.next(chunk);
      const { copied, allocated } = work;
      expect({ copied, allocated, skipped: format.skipped }).toEqual({ copied: 0, allocated: 0, skipped: 1 });
      source.next(bytesOf('1:a\n'));
      expect(outcome.values).toEqual(['a']);
    });
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('cannot read %d bytes', (size) => {
    const codec = reading(function* () {
      yield 1;
      yield size;
      return 1;
    }, true);
    const { error } = read(frames(codec, { onBadFrame: 'skip' }), [Uint8Array.of(1, 2, 3)]);
    expect(error).toBeInstanceOf(FrameLengthError);
    expect(error).toMatchObject({ info: { announced: size } });
  });

  it.each(['', new Uint8Array(0), undefined, {}])('cannot read up to %j', (delimiter) => {
    const codec = reading(function* () {
      yield 1;
      yield delimiter as string;
      return 1;
    }, true);
    const { error } = read(frames(codec, { onBadFrame: 'skip' }), [Uint8Array.of(1, 2, 3)]);
    expect(error).toHaveProperty('message', expect.stringMatching(/^frames: a delimiter must/));
  });

  it.each(['1', '3:', '3:ab', '3:abc'])('errors when the stream ends in the middle of a frame: %j', (rest) => {
    for (const pieces of everySplit(bytesOf(`1:a\n${rest}`))) {
      const { values, error } = read(frames(netstring), pieces);
      expect(values).toEqual(['a']);
      expect(error).toBeInstanceOf(FrameTruncatedError);
      expect(error).toMatchObject({ info: { announced: undefined, received: rest.replace(':', '').length } });
    }
  });

  it('errors when it ends while a codec that has caught an error still reads', () => {
    const codec = reading(function* () {
      try {
        return text(yield '--');
      } catch {
        return text(yield '\n');
      }
    });
    for (const pieces of everySplit(bytesOf('abcdef-'))) {
      expect(read(frames(codec, { maxFrame: 3 }), pieces).error).toBeInstanceOf(FrameTruncatedError);
    }
  });

  it('looks at each byte once, even byte by byte', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(frames(netstring)));
    const one = Uint8Array.of(0x30);
    const work = watchBytes();
    // A length of many digits, and a delimiter that is long in coming.
    for (let i = 0; i < MiB; i++) source.next(one);
    const { copied, searched, allocated } = work;
    expect(copied).toBeLessThanOrEqual(3 * MiB);
    expect(allocated).toBeLessThanOrEqual(4 * MiB);
    expect(searched).toBe(MiB);
    source.next(bytesOf(':\n'));
    expect(outcome.values).toEqual(['']);
  });

  describe('refuses', () => {
    it.each(['skip', () => undefined] as const)('to go on with a codec that does not resume: %s', (onBadFrame) => {
      const create = () => frames({ ...netstring, resumes: false }, { onBadFrame });
      expect(create).toThrow(TypeError);
      expect(create).toThrow(
        'frames: onBadFrame must be "error" or "reset" for a codec that does not say that it resumes',
      );
    });

    it('what is no codec', () => {
      expect(() => frames({ encode: netstring.encode } as Codec<string>)).toThrow(TypeError);
      expect(() => frames({ encode: netstring.encode } as Codec<string>)).toThrow(
        'frames: decode of a codec must be a function, got undefined',
      );
      expect(() => frames({ decode: netstring.decode } as Codec<string>)).toThrow('frames: encode of a codec must');
    });

    it('wrong options', () => {
      expect(() => frames(netstring, { maxFrame: 0 })).toThrow('frames: maxFrame must be an integer from 1 to');
      expect(() => frames(netstring, { max: 1 } as object)).toThrow('frames: unknown option max');
    });
  });
});
