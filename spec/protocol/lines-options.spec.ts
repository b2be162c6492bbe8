import { Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FrameMalformedError } from '../../src/protocol/frame-malformed-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { lines, type LinesConfig } from '../../src/protocol/lines.js';
import { watchBytes } from './byte-work.js';
import { bytesOf, read, watch } from './outcome.js';
import { everySplit, randomSplit, seeded } from './splits.js';

describe('lines, fatal', () => {
  it.each([
    ['a byte that is never there', [0x61, 0xff, 0x0a]],
    ['half a character', [0xe2, 0x82, 0x0a]],
    ['an overlong form', [0xc0, 0xaf, 0x0a]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80, 0x0a]],
  ])('refuses %s', (_, line) => {
    for (const pieces of everySplit(Uint8Array.of(0x6f, 0x6b, 0x0a, ...line))) {
      const { values, error, completed } = read(lines({ fatal: true }), pieces);
      expect({ values, completed }).toEqual({ values: ['ok'], completed: false });
      expect(error).toBeInstanceOf(FrameMalformedError);
      expect(error).toMatchObject({
        name: 'FrameMalformedError',
        code: 'RXPOOL_FRAME_MALFORMED',
        retryable: false,
        info: { format: 'UTF-8' },
        cause: { name: 'TypeError' },
      });
    }
  });

  it('finds the line that is bad among many, and loses no other', () => {
    const good = Array.from({ length: 500 }, (_, i) => `line €${i}`);
    const stream = bytesOf(good.map((line) => `${line}\n`).join(''));
    for (const at of [0, 100, 2_000, 5_000]) {
      const from = at === 0 ? 0 : stream.indexOf(0x0a, at) + 1;
      const broken = Buffer.concat([stream.subarray(0, from), Uint8Array.of(0xff, 0x0a), stream.subarray(from)]);
      const format = lines({ fatal: true, onBadFrame: 'skip' });
      expect(read(format, [broken])).toEqual({ values: good, completed: true });
      expect(format.skipped).toBe(1);
    }
  });

  it('refuses a rest that is not UTF-8', () => {
    expect(read(lines({ fatal: true }), [Uint8Array.of(0xe2, 0x82)]).error).toBeInstanceOf(FrameMalformedError);
  });

  it('keeps a byte order mark', () => {
    expect(read(lines({ fatal: true }), [bytesOf('\ufeffa\n\ufeffb\n')]).values).toEqual(['\ufeffa', '\ufeffb']);
  });
});

describe('lines, the rest', () => {
  it('is a bad frame with rest: error, whatever it is', () => {
    for (const pieces of everySplit(bytesOf('a\nbc\r'))) {
      const { values, error, completed } = read(lines({ rest: 'error' }), pieces);
      expect({ values, completed }).toEqual({ values: ['a'], completed: false });
      expect(error).toBeInstanceOf(FrameTruncatedError);
      expect(error).toMatchObject({
        retryable: true,
        info: { announced: undefined, received: 3 },
        message: 'the stream ended 3 bytes into an unterminated frame',
      });
    }
  });

  it('is no bad frame where there is none', () => {
    expect(read(lines({ rest: 'error' }), [bytesOf('a\n')])).toEqual({ values: ['a'], completed: true });
    expect(read(lines({ rest: 'error' }), [])).toEqual({ values: [], completed: true });
  });
});

describe('lines, encode', () => {
  it('writes a line feed after the line, or what it is told', () => {
    expect(lines().encode('get é')).toEqual(bytesOf('get é\n'));
    expect(lines({ terminator: '\n' }).encode('')).toEqual(bytesOf('\n'));
    expect(lines({ terminator: '\r\n' }).encode('get a')).toEqual(bytesOf('get a\r\n'));
  });

  it.each([{}, { terminator: '\r\n' }] as LinesConfig[])('refuses a line with a line feed in it, with %j', (config) => {
    for (const line of ['get a\nflush_all', '\n', 'a\n', 'a\r\n']) {
      expect(() => lines(config).encode(line)).toThrow(RangeError);
      expect(() => lines(config).encode(line)).toThrow('lines: a line must not contain a line feed');
    }
  });

  it('refuses a CR that would be read as a part of the terminator, and only that one', () => {
    expect(() => lines().encode('a\r')).toThrow('lines: a line must not end in a carriage return');
    expect(read(lines(), [lines({ terminator: '\r\n' }).encode('a\r')]).values).toEqual(['a\r']);
    expect(read(lines(), [lines().encode('\ra')]).values).toEqual(['\ra']);
  });

  it('makes U+FFFD of an unpaired surrogate', () => {
    expect(read(lines(), [lines().encode('a\ud800b')]).values).toEqual(['a\ufffdb']);
  });
});

describe('lines, decoding ahead', () => {
  const stream = bytesOf(Array.from({ length: 3000 }, (_, i) => `${'x'.repeat(i % 200)}\n`).join(''));

  it('decodes a line once, whatever the chunks', () => {
    for (const longest of [50, 1_500, 1_000_000]) {
      const pieces = randomSplit(stream, longest, seeded(7));
      const work = watchBytes();
      read(lines(), pieces);
      const { decoded, searched } = work;
      expect(decoded).toBeLessThanOrEqual(stream.length);
      expect(searched).toBeLessThanOrEqual(4 * stream.length);
    }
  });

  it('reads no line that is longer than maxFrame together with its neighbours', () => {
    for (const maxFrame of [1, 2, 3, 4, 5, 9]) {
      const format = lines({ maxFrame, onBadFrame: () => 'too long' });
      const { values } = read(format, [bytesOf('a\na\na\na\naaaa\nb\nb\nb\nb\n')]);
      expect(values.join(' ')).toBe(`a a a a ${maxFrame < 4 ? 'too long' : 'aaaa'} b b b b`);
    }
  });

  it('keeps to itself what it has decoded when the consumer leaves', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lines(), take(4)));
    source.next(bytesOf('a\nb\nc\nd\ne\nf\n'));
    expect(outcome).toEqual({ values: ['a', 'b', 'c', 'd'], completed: true });
    expect(source.observed).toBe(false);
  });
});

describe('lines, options', () => {
  it.each([
    [{ fatal: 'yes' }, TypeError, 'lines: fatal must be a boolean, got "yes"'],
    [{ rest: 'drop' }, RangeError, 'lines: rest must be one of "emit", "error", got "drop"'],
    [{ terminator: '\r' }, RangeError, 'lines: terminator must be one of'],
    [{ onBadFrame: 'ignore' }, RangeError, 'lines: onBadFrame must be one of "error", "reset", "skip" or a function'],
    [{ onBadFrame: 4 }, TypeError, 'lines: onBadFrame must be one of'],
  ])('refuses %j', (config, type, message) => {
    const create = () => lines(config as LinesConfig);
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });
});
