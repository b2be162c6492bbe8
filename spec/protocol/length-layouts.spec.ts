import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FrameLengthError } from '../../src/protocol/frame-length-error.js';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { lengthPrefixed, type HeadedConfig, type LengthPrefixedConfig } from '../../src/protocol/length-prefixed.js';
import { watchBytes } from './byte-work.js';
import { afterChunk } from './after-chunk.js';
import { read, watch } from './outcome.js';
import { everySplit } from './splits.js';

const bytes = Uint8Array.of.bind(Uint8Array);

describe('lengthPrefixed, 8 bytes', () => {
  it.each([
    ['big', [0, 0, 0, 0, 0, 0, 0, 2, 7, 8]],
    ['little', [2, 0, 0, 0, 0, 0, 0, 0, 7, 8]],
  ] as const)('reads and writes them, %s end first', (endian, stream) => {
    const format = lengthPrefixed({ bytes: 8, endian });
    for (const pieces of everySplit(bytes(...stream))) {
      expect(read(format, pieces)).toEqual({ values: [bytes(7, 8)], completed: true });
    }
    expect(format.encode(bytes(7, 8))).toEqual(bytes(...stream));
  });

  it.each(['big', 'little'] as const)('counts every bit up to 2 ** 53 - 1, %s end first', (endian) => {
    for (let bit = 1; bit <= Number.MAX_SAFE_INTEGER; bit *= 2) {
      for (const size of [bit, 2 * bit - 1]) {
        const length = new DataView(new ArrayBuffer(8));
        length.setBigUint64(0, BigInt(size), endian === 'little');
        const { error } = read(lengthPrefixed({ bytes: 8, endian, maxFrame: Number.MAX_SAFE_INTEGER }), [
          new Uint8Array(length.buffer),
        ]);
        expect(error).toMatchObject({ info: { announced: size } });
      }
    }
  });

  it.each([
    [[0x00, 0x20, 0, 0, 0, 0, 0, 0], 2 ** 53],
    [[0x80, 0, 0, 0, 0, 0, 0, 0], 2 ** 63],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 2 ** 64],
  ])('cannot be over that: %j', (length, announced) => {
    for (const [endian, header] of [
      ['big', length],
      ['little', length.toReversed()],
    ] as const) {
      const { error, values } = read(lengthPrefixed({ bytes: 8, endian }), [bytes(...header, 1, 2, 3)]);
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(FrameLengthError);
      expect(error).toMatchObject({
        name: 'FrameLengthError',
        code: 'RXPOOL_FRAME_LENGTH',
        retryable: false,
        info: { announced, least: 0 },
      });
    }
  });
});

describe('lengthPrefixed, varint', () => {
  it.each([
    [0, [0]],
    [1, [1]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [300, [0xac, 0x02]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 0x01]],
  ])('reads and writes %d', (size, length) => {
    const format = lengthPrefixed({ bytes: 'varint' });
    const body = new Uint8Array(size).fill(7);
    const encoded = format.encode(body);
    expect(Buffer.compare(encoded, Buffer.from([...length, ...body]))).toBe(0);
    const inBytes = Array.from(encoded, (_, i) => encoded.subarray(i, i + 1));
    for (const pieces of [[encoded], inBytes]) {
      const { values, completed } = read(format, pieces);
      expect(completed).toBe(true);
      expect(values.map((value) => Buffer.compare(value, body))).toEqual([0]);
    }
  });

  it('reads one that is longer than it needs to be, up to 10 bytes', () => {
    const zeros = new Uint8Array(8).fill(0x80);
    expect(read(lengthPrefixed({ bytes: 'varint' }), [bytes(0x81, ...zeros, 0, 7)]).values).toEqual([bytes(7)]);
  });

  it('cannot have more than 10 bytes', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(lengthPrefixed({ bytes: 'varint' })));
    for (let i = 0; i < 9; i++) source.next(bytes(0x80));
    expect(outcome.error).toBeUndefined();
    source.next(bytes(0x80));
    expect(outcome.error).toBeInstanceOf(FrameLengthError);
    expect(outcome.error).toMatchObject({
      info: { announced: undefined },
      message: expect.stringMatching(/^a frame announces a length of more than 10 bytes/) as string,
    });
  });

  it('cannot be over 2 ** 53 - 1', () => {
    const most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    expect(read(lengthPrefixed({ bytes: 'varint' }), [bytes(...most)]).error).toMatchObject({
      info: { size: Number.MAX_SAFE_INTEGER },
    });
    const over = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    expect(read(lengthPrefixed({ bytes: 'varint' }), [bytes(...over)]).error).toMatchObject({
      info: { announced: 2 ** 53 },
    });
  });

  it('may be cut by the end of the stream', () => {
    expect(read(lengthPrefixed({ bytes: 'varint' }), [bytes(0x80, 0x80)]).error).toMatchObject({
      code: 'RXPOOL_FRAME_TRUNCATED',
      info: { announced: undefined, received: 2 },
    });
  });
});

describe('lengthPrefixed, with an offset', () => {
  const format = lengthPrefixed({ offset: 2, bytes: 1 });

  it('gives and takes what stands in front of the length', () => {
    for (const pieces of everySplit(bytes(8, 9, 2, 1, 2, 6, 7, 0, 4, 5, 1, 3))) {
      const { values, completed } = read(format, pieces);
      expect(completed).toBe(true);
      expect(values.map(({ header, body }) => `${header.join('')}:${body.join('')}`).join(' ')).toBe('89:12 67: 45:3');
    }
    expect(format.encode({ header: bytes(8, 9), body: bytes(1, 2) })).toEqual(bytes(8, 9, 2, 1, 2));
  });

  it('gives both as views of the chunk, where they lie within it', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(format));
    const chunk = new Uint8Array(3000);
    const work = watchBytes();
    source.next(chunk);
    const { copied, allocated } = work;
    expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
    expect(outcome.values).toHaveLength(1000);
    expect(outcome.values.every(({ header }) => header.buffer === chunk.buffer)).toBe(true);
  });

  it('keeps a header whose chunk is used again', () => {
    const source = new Subject<Uint8Array>();
    const { values } = watch(source.pipe(format));
    const memory = new Uint8Array(3);
    for (const piece of [bytes(8, 9, 2), bytes(1, 2, 7)]) {
      memory.set(piece);
      source.next(memory);
      if (piece[0] === 1) expect(values).toEqual([{ header: bytes(8, 9), body: bytes(1, 2) }]);
    }
  });

  it('keeps no chunk alive for the sake of a header', async () => {
    const { source, chunk } = await afterChunk(format, () => bytes(8, 9, 2));
    expect(chunk.deref()).toBeUndefined();
    expect(source.observed).toBe(true);
  });

  it('may be 0, for the same shape of frames', () => {
    const bare = lengthPrefixed({ offset: 0, bytes: 1 });
    expect(read(bare, [bytes(1, 7)]).values).toEqual([{ header: bytes(), body: bytes(7) }]);
    expect(bare.encode({ header: bytes(), body: bytes(7) })).toEqual(bytes(1, 7));
  });

  it('goes with a varint, as in MQTT', () => {
    const mqtt = lengthPrefixed({ offset: 1, bytes: 'varint' });
    const frame = { header: bytes(0x30), body: new Uint8Array(200) };
    const encoded = mqtt.encode(frame);
    expect(encoded.subarray(0, 3)).toEqual(bytes(0x30, 0xc8, 0x01));
    expect(read(mqtt, [encoded]).values).toEqual([frame]);
  });

  it.each([[[8]], [[8, 9]]])('counts the header among what was cut: %j', (stream) => {
    for (const pieces of everySplit(bytes(...stream))) {
      expect(read(format, pieces).error).toMatchObject({ info: { announced: undefined, received: stream.length } });
    }
  });

  it('counts the length too', () => {
    const wide = lengthPrefixed({ offset: 2, bytes: 4 });
    for (const pieces of everySplit(bytes(8, 9, 0, 0))) {
      const { error } = read(wide, pieces);
      expect(error).toBeInstanceOf(FrameTruncatedError);
      expect(error).toMatchObject({ info: { announced: undefined, received: 4 } });
    }
  });

  it('refuses to write another header', () => {
    const encode = () => format.encode({ header: bytes(1), body: bytes() });
    expect(encode).toThrow(RangeError);
    expect(encode).toThrow('lengthPrefixed: a header must have 2 bytes, got 1');
    expect(() => format.encode({ header: 'ab' as unknown as Uint8Array, body: bytes() })).toThrow(TypeError);
    expect(() => format.encode({ header: bytes(1, 2), body: 'ab' as unknown as Uint8Array })).toThrow(TypeError);
  });
});

describe('lengthPrefixed, a length that counts more or less than the body', () => {
  it.each<[string, HeadedConfig, number[]]>([
    ['its header, too', { offset: 1, bytes: 2, includesHeader: true }, [9, 0, 5, 1, 2]],
    ['itself, as in PostgreSQL', { offset: 1, bytes: 4, adjust: -4 }, [9, 0, 0, 0, 6, 1, 2]],
    ['not its end byte, as in AMQP', { offset: 1, bytes: 2, adjust: 1 }, [9, 0, 1, 1, 2]],
    ['its header, but not an end byte', { offset: 1, bytes: 1, includesHeader: true, adjust: 1 }, [9, 3, 1, 2]],
  ])('%s', (_, config, stream) => {
    const format = lengthPrefixed(config);
    const frame = { header: bytes(9), body: bytes(1, 2) };
    expect(format.encode(frame)).toEqual(bytes(...stream));
    for (const pieces of everySplit(bytes(...stream, ...stream))) {
      const { values, completed } = read(format, pieces);
      expect(completed).toBe(true);
      expect(values.map(({ header, body }) => `${header.join('')}:${body.join('')}`).join(' ')).toBe('9:12 9:12');
    }
  });

  it('includes a varint of any length', () => {
    const format = lengthPrefixed({ bytes: 'varint', includesHeader: true });
    for (const size of [0, 1, 125, 126, 127, 128, 16_380, 16_381, 16_382]) {
      const encoded = format.encode(new Uint8Array(size));
      const { values, completed } = read(format, [encoded, encoded]);
      expect({ sizes: values.map(({ length }) => length), completed }).toEqual({
        sizes: [size, size],
        completed: true,
      });
    }
    expect(format.encode(new Uint8Array(126))).toHaveLength(126 + 1);
    expect(format.encode(new Uint8Array(127)).subarray(0, 2)).toEqual(bytes(0x81, 0x01));
  });

  it.each<[LengthPrefixedConfig, number[], number, number]>([
    [{ bytes: 2, includesHeader: true }, [0, 1], 1, 2],
    [{ bytes: 4, includesHeader: true }, [0, 0, 0, 0], 0, 4],
    [{ bytes: 4, adjust: -4 }, [0, 0, 0, 3], 3, 4],
    [{ bytes: 'varint', includesHeader: true }, [0], 0, 1],
    [{ bytes: 'varint', includesHeader: true }, [0x81, 0], 1, 2],
  ])('cannot announce less than it includes: %j', (config, stream, announced, least) => {
    for (const pieces of everySplit(bytes(...stream))) {
      const { error } = read(lengthPrefixed(config), pieces);
      expect(error).toBeInstanceOf(FrameLengthError);
      expect(error).toMatchObject({ info: { announced, least } });
    }
  });

  it('limits the body to maxFrame, not what is announced', () => {
    const format = lengthPrefixed({ bytes: 1, includesHeader: true, maxFrame: 3 });
    expect(read(format, [bytes(4, 1, 2, 3)]).values).toEqual([bytes(1, 2, 3)]);
    expect(read(format, [bytes(5, 1, 2, 3, 4)]).error).toBeInstanceOf(FrameTooLargeError);
    expect(read(format, [bytes(5, 1, 2, 3, 4)]).error).toMatchObject({ info: { maxFrame: 3, size: 4 } });
  });

  it('writes no body that has no length', () => {
    const encode = (config: LengthPrefixedConfig, size: number) => () =>
      lengthPrefixed(config).encode(new Uint8Array(size));
    expect(encode({ bytes: 1 }, 255)).not.toThrow();
    expect(encode({ bytes: 1 }, 256)).toThrow(RangeError);
    expect(encode({ bytes: 1 }, 256)).toThrow(
      'lengthPrefixed: a body of 256 bytes has no length of 1 bytes in this format',
    );
    expect(encode({ bytes: 2 }, 65_535)).not.toThrow();
    expect(encode({ bytes: 2 }, 65_536)).toThrow(RangeError);
    expect(encode({ bytes: 1, includesHeader: true }, 254)).not.toThrow();
    expect(encode({ bytes: 1, includesHeader: true }, 255)).toThrow(RangeError);
    expect(encode({ bytes: 1, adjust: 4 }, 4)).not.toThrow();
    expect(encode({ bytes: 1, adjust: 4 }, 3)).toThrow(RangeError);
    expect(encode({ bytes: 'varint', adjust: 4 }, 3)).toThrow(RangeError);
  });
});

describe('lengthPrefixed, encode', () => {
  it.each([
    [{}, [0, 0, 0, 2, 7, 8]],
    [{ endian: 'little' }, [2, 0, 0, 0, 7, 8]],
    [{ bytes: 2 }, [0, 2, 7, 8]],
    [{ bytes: 1 }, [2, 7, 8]],
  ] as [LengthPrefixedConfig, number[]][])('writes the length in front of the body: %j', (config, encoded) => {
    expect(lengthPrefixed(config).encode(bytes(7, 8))).toEqual(bytes(...encoded));
  });

  it('is not limited by maxFrame, which is for reading', () => {
    expect(lengthPrefixed({ bytes: 1, maxFrame: 1 }).encode(bytes(7, 8))).toEqual(bytes(2, 7, 8));
  });

  it('refuses text for bytes', () => {
    expect(() => lengthPrefixed().encode('ab' as unknown as Uint8Array)).toThrow(TypeError);
  });
});

describe('lengthPrefixed, options', () => {
  it.each([
    [{ offset: -1 }, RangeError, 'lengthPrefixed: offset must be an integer from 0 to 65535, got -1'],
    [{ offset: 1.5 }, RangeError, 'lengthPrefixed: offset must be an integer'],
    [{ offset: '1' }, TypeError, 'lengthPrefixed: offset must be an integer'],
    [{ adjust: Infinity }, RangeError, 'lengthPrefixed: adjust must be an integer from -65535 to 65535'],
    [{ includesHeader: 1 }, TypeError, 'lengthPrefixed: includesHeader must be a boolean, got 1'],
  ])('refuses %j', (config, type, message) => {
    const create = () => lengthPrefixed(config as HeadedConfig);
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });
});
