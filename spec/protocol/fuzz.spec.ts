import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoding } from '../../src/protocol/codec.js';
import { delimited } from '../../src/protocol/delimited.js';
import { fixed } from '../../src/protocol/fixed.js';
import type { Format } from '../../src/protocol/format.js';
import { FrameError } from '../../src/protocol/frame-error.js';
import { frames } from '../../src/protocol/frames.js';
import type { FramingConfig } from '../../src/protocol/framing-config.js';
import { lengthPrefixed } from '../../src/protocol/length-prefixed.js';
import { lines } from '../../src/protocol/lines.js';
import { ndjson } from '../../src/protocol/ndjson.js';
import { text } from '../../src/protocol/text.js';
import { bytesOf, read } from './outcome.js';

const RUNS = { numRuns: 300 };

/** A text with its length in digits in front of it. */
const netstring = {
  *decode(): Decoding<Uint8Array> {
    const size = Number(new TextDecoder().decode(yield ':'));
    if (!(size >= 0)) throw new Error('not a size');
    const body = yield size;
    const [end] = yield 1;
    if (end !== 0x2c) throw new Error('no comma');
    return body;
  },
  encode: (body: Uint8Array) => Uint8Array.of(...bytesOf(`${body.length}:`), ...body, 0x2c),
  resumes: true,
};

/** Small limits, so that streams of a few bytes pass them. */
const formats: Record<string, (config: FramingConfig<string>) => Format<unknown, never>> = {
  lines: (config) => lines({ ...config, maxFrame: 4 }),
  'lines, fatal': (config) => lines({ ...config, maxFrame: 9, fatal: true, rest: 'error' }),
  'delimited by one byte': (config) => delimited('\n', { ...config, maxFrame: 4 }),
  'delimited by two': (config) => delimited('\r\n', { ...config, maxFrame: 4, rest: 'emit' }),
  'delimited by three': (config) => delimited('aab', { ...config, maxFrame: 4 }),
  ndjson: (config) => ndjson({ ...config, maxFrame: 9 }),
  fixed: () => fixed(3),
  frames: (config) => frames(netstring, { ...config, maxFrame: 6 }),
  'lengthPrefixed, 1 byte': (config) => lengthPrefixed({ ...config, bytes: 1, maxFrame: 9 }),
  'lengthPrefixed, 2 bytes': (config) => lengthPrefixed({ ...config, bytes: 2, endian: 'little', maxFrame: 9 }),
  'lengthPrefixed, 4 bytes': (config) => lengthPrefixed({ ...config, maxFrame: 300 }),
  'lengthPrefixed, 8 bytes': (config) => lengthPrefixed({ ...config, bytes: 8, maxFrame: 300 }),
  'lengthPrefixed, varint': (config) => lengthPrefixed({ ...config, bytes: 'varint', maxFrame: 9 }),
  'lengthPrefixed, with a header': (config) =>
    lengthPrefixed({ ...config, bytes: 1, offset: 2, includesHeader: true, maxFrame: 9 }),
  'lengthPrefixed, adjusted': (config) => lengthPrefixed({ ...config, bytes: 'varint', adjust: -2, maxFrame: 9 }),
};

/** Bytes that mean something to one format or another, more often than by chance. */
const stream = fc
  .array(fc.oneof(fc.constantFrom(...bytesOf('aab\r\n\n1:,{}"'), 0, 0, 1, 2, 3), fc.nat({ max: 255 })), {
    maxLength: 60,
  })
  .map((bytes) => Uint8Array.from(bytes));

/** Sizes of the pieces that a stream is cut into, over and over. */
const cuts = fc
  .array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 12 })
  .filter((sizes) => sizes.some((size) => size > 0));

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

/** What comes out, in one text. Errors by their code: what they say of sizes depends on how much had come in. */
function outcomeOf(format: Format<unknown, never>, pieces: Iterable<Uint8Array>): string {
  const { values, error, completed } = read(format, pieces);
  const end = completed ? 'complete' : error instanceof FrameError ? error.code : String(error);
  return `${values.map(show).join(' ')}\n${end}, ${format.skipped} skipped`;
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `[${value.join()}]`;
  if (typeof value !== 'object' || value === null || !('header' in value && 'body' in value))
    return JSON.stringify(value);
  return `${show(value.header)}${show(value.body)}`;
}

describe.each(Object.entries(formats))('%s', (_name, create) => {
  it.each<[string, FramingConfig<string>]>([
    ['errors', {}],
    ['skips', { onBadFrame: 'skip' }],
    ['replaces', { onBadFrame: (error) => error.code }],
  ])('gives the same frames for any split of any bytes, where it %s', (_, config) => {
    fc.assert(
      fc.property(stream, cuts, (bytes, sizes) => {
        expect(outcomeOf(create(config), cut(bytes, sizes))).toBe(outcomeOf(create(config), [bytes]));
      }),
      RUNS,
    );
  });
});

const body = fc.uint8Array({ maxLength: 40 });
const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const likeDelimiters = fc
  .array(fc.constantFrom(...bytesOf('aab\r\n')), { maxLength: 12 })
  .map((all) => Uint8Array.from(all));

/** A format with the messages to try: it may refuse some, and the others come out as they went in. */
interface RoundTrip<Message> {
  readonly format: Format<unknown, Message>;
  readonly messages: fc.Arbitrary<Message>;
}

function roundTrip<Message>(format: Format<unknown, Message>, messages: fc.Arbitrary<Message>): RoundTrip<never> {
  return { format, messages: messages as fc.Arbitrary<never> };
}

const roundTrips: Record<string, RoundTrip<never>> = {
  lines: roundTrip(lines(), anyText),
  'lines, CR LF': roundTrip(lines({ terminator: '\r\n' }), fc.oneof(anyText, fc.constantFrom('a\r', '\r', 'a\n', ''))),
  'lines, LF': roundTrip(lines({ fatal: true }), fc.constantFrom('a\r', '\r', '\ra', 'a\n', '', '\ufeff')),
  'delimited by one byte': roundTrip(delimited('\n'), fc.oneof(body, likeDelimiters)),
  'delimited by two': roundTrip(delimited('\r\n'), fc.oneof(body, likeDelimiters)),
  'delimited by three': roundTrip(delimited('aab'), likeDelimiters),
  'delimited by the same byte twice': roundTrip(delimited('aa'), likeDelimiters),
  ndjson: roundTrip(ndjson(), fc.jsonValue({ stringUnit: 'binary' })),
  fixed: roundTrip(fixed(3), fc.uint8Array({ minLength: 2, maxLength: 3 })),
  frames: roundTrip(frames(netstring), body),
  ...Object.fromEntries(
    ([1, 2, 4, 8, 'varint'] as const).flatMap((bytes) =>
      (['big', 'little'] as const).map((endian) => [
        `lengthPrefixed by ${bytes}, ${endian}`,
        roundTrip(lengthPrefixed({ bytes, endian }), fc.oneof(body, fc.uint8Array({ minLength: 120, maxLength: 300 }))),
      ]),
    ),
  ),
  ...Object.fromEntries(
    ([1, 2, 4, 8, 'varint'] as const).map((bytes) => [
      `lengthPrefixed by ${bytes}, with a header that it includes`,
      roundTrip(
        lengthPrefixed({ bytes, offset: 2, includesHeader: true, adjust: -1 }),
        fc.record({
          header: fc.uint8Array({ minLength: 2, maxLength: 2 }),
          body: fc.oneof(body, fc.uint8Array({ minLength: 120, maxLength: 140 })),
        }),
      ),
    ]),
  ),
};

it.each(Object.entries(roundTrips))('what %s writes, it reads, for any split', (_, { format, messages }) => {
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 5 }), cuts, (all, sizes) => {
      const written = all.flatMap((message) => {
        try {
          return [{ message, encoded: format.encode(message) }];
        } catch (error) {
          if (error instanceof RangeError) return [];
          throw error;
        }
      });
      const bytes = Uint8Array.from(written.flatMap(({ encoded }) => [...encoded]));
      const expected = written.map(({ message }) => show(message)).join(' ');
      expect(outcomeOf(format, cut(bytes, sizes))).toBe(`${expected}\ncomplete, 0 skipped`);
    }),
    RUNS,
  );
});

it('text gives the same for any split of any bytes', () => {
  fc.assert(
    fc.property(stream, cuts, (bytes, sizes) => {
      const { values, completed } = read(text(), cut(bytes, sizes));
      expect({ text: values.join(''), completed }).toEqual({
        text: read(text(), [bytes]).values.join(''),
        completed: true,
      });
    }),
    RUNS,
  );
});

it('what text writes, it reads, for any split', () => {
  fc.assert(
    fc.property(anyText, cuts, (message, sizes) => {
      const { values, completed } = read(text({ fatal: true }), cut(text().encode(message), sizes));
      expect({ text: values.join(''), completed }).toEqual({ text: message, completed: true });
    }),
    RUNS,
  );
});
