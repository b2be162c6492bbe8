import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Decoding } from '../../src/protocol/codec.js';
import { delimited } from '../../src/protocol/delimited.js';
import { fixed } from '../../src/protocol/fixed.js';
import type { Format } from '../../src/protocol/format.js';
import { frames } from '../../src/protocol/frames.js';
import { lengthPrefixed } from '../../src/protocol/length-prefixed.js';
import { lines } from '../../src/protocol/lines.js';
import { ndjson } from '../../src/protocol/ndjson.js';
import { text } from '../../src/protocol/text.js';
import { bytesOf, read, watch } from './outcome.js';

const MB = 1_000_000;

const codec = frames({
  *decode(): Decoding<Uint8Array> {
    return yield '\n';
  },
  encode: (frame: Uint8Array) => frame,
});

/** Each format with the beginning of a frame. */
const begun: [string, Format<unknown, never>, Uint8Array][] = [
  ['lines', lines(), bytesOf('a')],
  ['delimited', delimited('--'), bytesOf('a-')],
  ['lengthPrefixed', lengthPrefixed(), Uint8Array.of(0, 0, 0, 2, 1)],
  ['lengthPrefixed with an offset', lengthPrefixed({ offset: 2 }), Uint8Array.of(9, 9, 0)],
  ['lengthPrefixed by varint', lengthPrefixed({ bytes: 'varint' }), Uint8Array.of(0x80)],
  ['fixed', fixed(3), Uint8Array.of(1, 2)],
  ['ndjson', ndjson(), bytesOf('{"a":')],
  ['text', text(), Uint8Array.of(0xe2)],
  ['frames', codec, bytesOf('a')],
];

it.each(begun)('half a frame at a loss is dropped, and the loss is passed on: %s', (_, format, half) => {
  const source = new Subject<Uint8Array>();
  const outcome = watch(source.pipe(format));
  source.next(half);
  const lost = new Error('lost');
  source.error(lost);
  expect(outcome).toEqual({ values: [], error: lost, completed: false });
});

it.each(begun)('half a frame is nobody’s business after an unsubscribe: %s', (_, format, half) => {
  const source = new Subject<Uint8Array>();
  const seen: unknown[] = [];
  const subscription = source.pipe(format).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  source.next(half);
  subscription.unsubscribe();
  source.complete();
  expect(seen).toEqual([]);
});

describe('a frame that comes one byte at a time', () => {
  it('may be a line of 10 MB', { timeout: 60_000 }, () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lines()));
    const [letter, feed] = [bytesOf('a'), bytesOf('\n')];
    for (let i = 0; i < 10 * MB; i++) source.next(letter);
    expect(outcome.values).toEqual([]);
    source.next(feed);
    expect(outcome.values.map(({ length }) => length)).toEqual([10 * MB]);
  });

  it.each<[string, Format<unknown, never>, Uint8Array, Uint8Array]>([
    ['delimited', delimited('--'), bytesOf(''), bytesOf('--')],
    ['ndjson', ndjson(), bytesOf('"'), bytesOf('"\n')],
    ['lengthPrefixed', lengthPrefixed(), Uint8Array.of(0, 1, 0x86, 0xa0), bytesOf('')],
    ['fixed', fixed(MB / 10), bytesOf(''), bytesOf('')],
    ['frames', codec, bytesOf(''), bytesOf('\n')],
  ])('may be 100 kB in %s', (_, format, before, after) => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(format));
    const letter = bytesOf('a');
    for (const byte of before) source.next(Uint8Array.of(byte));
    for (let i = 0; i < MB / 10; i++) source.next(letter);
    for (const byte of after) source.next(Uint8Array.of(byte));
    expect(outcome.values).toEqual([expect.objectContaining({ length: MB / 10 })]);
  });
});

describe('the answer of a server of another protocol', () => {
  const answer = bytesOf('HTTP/1.1 400 Bad Request\r\n\r\n');

  it('is a frame that is too long, for the length that its first letters are', () => {
    expect(read(lengthPrefixed(), [answer]).error).toMatchObject({
      code: 'RXPOOL_FRAME_TOO_LARGE',
      info: { size: 0x48545450 },
    });
    expect(read(lengthPrefixed({ bytes: 8 }), [answer]).error).toMatchObject({ code: 'RXPOOL_FRAME_LENGTH' });
  });

  it('is not JSON', () => {
    expect(read(ndjson(), [answer]).error).toMatchObject({ code: 'RXPOOL_FRAME_MALFORMED' });
  });

  it('has half a frame at its end', () => {
    expect(read(fixed(8), [answer]).error).toMatchObject({ code: 'RXPOOL_FRAME_TRUNCATED' });
    expect(read(delimited('\0'), [answer]).error).toMatchObject({ code: 'RXPOOL_FRAME_TRUNCATED' });
  });
});

it.each<[string, Format<unknown, never>]>([
  ['-1 in 4 bytes', lengthPrefixed({ bytes: 4 })],
  ['-1 in 4 bytes, with what it includes', lengthPrefixed({ bytes: 4, includesHeader: true })],
  ['-1 in 2 bytes', lengthPrefixed({ bytes: 2, maxFrame: 1024 })],
])('a negative length is a large one: %s', (_, format) => {
  expect(read(format, [new Uint8Array(4).fill(0xff)]).error).toMatchObject({ code: 'RXPOOL_FRAME_TOO_LARGE' });
});

it('a negative length of 8 bytes is none', () => {
  const { error } = read(lengthPrefixed({ bytes: 8 }), [new Uint8Array(8).fill(0xff)]);
  expect(error).toMatchObject({ code: 'RXPOOL_FRAME_LENGTH' });
});
