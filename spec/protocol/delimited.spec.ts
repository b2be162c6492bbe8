import { Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { delimited, type DelimitedConfig } from '../../src/protocol/delimited.js';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { watchBytes } from './byte-work.js';
import { bytesOf, read, watch } from './outcome.js';
import { everySplit, randomSplit, seeded } from './splits.js';

const MiB = 1024 * 1024;
const decoder = new TextDecoder();

/** All of what comes out, as text. */
function split(delimiter: string, pieces: readonly Uint8Array[], config?: DelimitedConfig) {
  const { values, ...how } = read(delimited(delimiter, config), pieces);
  return { values: values.map((frame) => decoder.decode(frame)), ...how };
}

describe('delimited', () => {
  it('drops the delimiters and emits empty frames', () => {
    expect(split('\0', [bytesOf('a\0\0bc\0')])).toEqual({ values: ['a', '', 'bc'], completed: true });
    expect(split('\0', [])).toEqual({ values: [], completed: true });
  });

  it('takes bytes for a delimiter, and keeps a copy of them', () => {
    const delimiter = Uint8Array.of(0xff, 0x00);
    const format = delimited(delimiter);
    delimiter.fill(1);
    expect(read(format, [Uint8Array.of(7, 0xff, 0x00)]).values).toEqual([Uint8Array.of(7)]);
  });

  it.each([
    ['\0', 'ab\0\0c\0', 'ab||c'],
    ['\r\n', 'a\r\r\n\n\r\n\r\n', 'a\r|\n|'],
    ['aab', 'aaabaabab-aab', 'a||ab-'],
    ['abab', 'abaababxabab', 'aba|x'],
    ['aa', 'aaaabaa', '||b'],
    ['€', '€-\u20ab€', '|-\u20ab'],
  ])('finds %j however the stream is cut', (delimiter, stream, frames) => {
    for (const pieces of everySplit(bytesOf(stream))) {
      const { values, completed } = split(delimiter, pieces);
      expect({ frames: values.join('|'), completed }).toEqual({ frames, completed: true });
    }
  });

  it('finds a delimiter of several bytes in a long stream', () => {
    const random = seeded(3);
    // Of letters that the delimiter has, so that it nearly occurs very often.
    const letters = (length: number) => Array.from({ length }, () => (random() < 0.8 ? 'a' : 'b')).join('');
    const frames = Array.from({ length: 500 }, () => letters(random() * 300));
    const stream = bytesOf(frames.map((frame) => `${frame}aac`).join(''));
    for (const longest of [1, 2, 7, 100, 100_000]) {
      expect(split('aac', randomSplit(stream, longest, random))).toEqual({ values: frames, completed: true });
    }
  });

  describe('the rest', () => {
    it.each(['a\r\nbc', 'a\r\nb\r'])('is a bad frame by default: %j', (stream) => {
      for (const pieces of everySplit(bytesOf(stream))) {
        const { values, error } = split('\r\n', pieces);
        expect(values).toEqual(['a']);
        expect(error).toBeInstanceOf(FrameTruncatedError);
        expect(error).toMatchObject({ retryable: true, info: { announced: undefined, received: 2 } });
      }
    });

    it('is the last frame with rest: emit, unless it is empty', () => {
      for (const pieces of everySplit(bytesOf('a\r\nb\r'))) {
        expect(split('\r\n', pieces, { rest: 'emit' })).toEqual({ values: ['a', 'b\r'], completed: true });
      }
      expect(split('\r\n', [bytesOf('a\r\n')], { rest: 'emit' })).toEqual({ values: ['a'], completed: true });
    });

    it('may not be too long either', () => {
      for (const pieces of everySplit(bytesOf('abcd\r'))) {
        const { values, error } = split('\r\n', pieces, { rest: 'emit', maxFrame: 4 });
        expect(values).toEqual([]);
        expect(error).toBeInstanceOf(FrameTooLargeError);
      }
    });
  });

  describe('maxFrame', () => {
    it('allows a frame just as long, and no longer one', () => {
      for (const pieces of everySplit(bytesOf('abcd--'))) {
        expect(split('--', pieces, { maxFrame: 4 }).values).toEqual(['abcd']);
        expect(split('--', pieces, { maxFrame: 3 }).error).toBeInstanceOf(FrameTooLargeError);
      }
    });

    it('is found out without the delimiter', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(delimited('--', { maxFrame: 4 })));
      source.next(bytesOf('abcd-'));
      expect(outcome.error).toBeUndefined();
      source.next(bytesOf('e'));
      expect(outcome.error).toMatchObject({ info: { maxFrame: 4, size: 5 } });
      expect(source.observed).toBe(false);
    });

    it('is 16 MiB by default', () => {
      const frame = new Uint8Array(16 * MiB);
      expect(read(delimited('-'), [frame, bytesOf('-')]).values.map(({ length }) => length)).toEqual([16 * MiB]);
      expect(read(delimited('-'), [frame, bytesOf('a')]).error).toMatchObject({ info: { maxFrame: 16 * MiB } });
    });
  });

  describe('encode', () => {
    it('writes the delimiter after the frame', () => {
      expect(delimited('\r\n').encode(bytesOf('ab'))).toEqual(bytesOf('ab\r\n'));
      expect(delimited(Uint8Array.of(0)).encode(new Uint8Array(0))).toEqual(Uint8Array.of(0));
    });

    it.each([
      ['\n', 'a\nb'],
      ['--', 'a--b'],
      ['--', 'a-'],
      ['abab', 'ab'],
    ])('refuses, for %j, a frame that would end early: %j', (delimiter, frame) => {
      const encode = () => delimited(delimiter).encode(bytesOf(frame));
      expect(encode).toThrow(RangeError);
      expect(encode).toThrow('delimited: a frame must not contain the delimiter, nor make one with its end');
    });

    it('refuses text for bytes', () => {
      expect(() => delimited('\n').encode('a' as unknown as Uint8Array)).toThrow(TypeError);
    });
  });

  it('refuses what is no delimiter', () => {
    expect(() => delimited('')).toThrow(RangeError);
    expect(() => delimited(new Uint8Array(0))).toThrow('delimited: a delimiter must not be empty');
    expect(() => delimited(10 as unknown as string)).toThrow(TypeError);
    expect(() => delimited(10 as unknown as string)).toThrow('delimited: a delimiter must be a string or bytes');
  });

  it('refuses wrong options', () => {
    expect(() => delimited('\n', { rest: 'drop' as 'emit' })).toThrow('delimited: rest must be one of');
    expect(() => delimited('\n', { maxFrame: 0 })).toThrow('delimited: maxFrame must be an integer from 1 to');
    expect(() => delimited('\n', { max: 4 } as DelimitedConfig)).toThrow('delimited: unknown option max');
  });

  describe('costs', () => {
    it('no copy of frames that lie within a chunk', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(delimited('\r\n')));
      const chunk = bytesOf('a frame\r\n'.repeat(1000));
      const work = watchBytes();
      source.next(chunk);
      const { copied, allocated, searched } = work;
      expect({ copied, allocated, searched }).toEqual({ copied: 0, allocated: 0, searched: chunk.length });
      expect(outcome.values).toHaveLength(1000);
      expect(outcome.values.every(({ buffer }) => buffer === chunk.buffer)).toBe(true);
    });

    it('a constant amount of work a byte, byte by byte and with a delimiter that nearly occurs', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(delimited('aab')));
      const [a, b] = [bytesOf('a'), bytesOf('b')];
      const work = watchBytes();
      for (let i = 0; i < MiB; i++) source.next(a);
      source.next(b);
      const { copied, searched, allocated } = work;
      expect(outcome.values.map(({ length }) => length)).toEqual([MiB - 2]);
      expect(copied).toBeLessThanOrEqual(3 * MiB);
      expect(allocated).toBeLessThanOrEqual(4 * MiB);
      expect(searched).toBe(MiB + 1);
    });

    it('nothing for frames that nobody will read', () => {
      const source = new Subject<Uint8Array>();
      const outcome = watch(source.pipe(delimited('\n'), take(1)));
      const chunk = bytesOf('a frame\n'.repeat(1000));
      const work = watchBytes();
      source.next(chunk);
      expect(work.searched).toBe(8);
      expect(outcome.values).toHaveLength(1);
    });
  });

  it('emits plain arrays that are not written to again', () => {
    const { values } = read(
      delimited('-'),
      ['ab-c', 'd-ef', '-g-'].map((text) => Buffer.from(text)),
    );
    expect(values.map((frame) => decoder.decode(frame))).toEqual(['ab', 'cd', 'ef', 'g']);
    for (const frame of values) expect(Object.getPrototypeOf(frame)).toBe(Uint8Array.prototype);
  });
});
