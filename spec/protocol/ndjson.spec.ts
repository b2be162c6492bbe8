import { describe, expect, it } from 'vitest';
import { FrameMalformedError } from '../../src/protocol/frame-malformed-error.js';
import { FrameTooLargeError } from '../../src/protocol/frame-too-large-error.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { ndjson, type NdjsonConfig } from '../../src/protocol/ndjson.js';
import { bytesOf, read } from './outcome.js';
import { everySplit } from './splits.js';

describe('ndjson', () => {
  it('gives the same values however the stream is cut', () => {
    for (const pieces of everySplit(bytesOf('{"é":0}\r\n[]\n'))) {
      expect(read(ndjson(), pieces)).toEqual({ values: [{ é: 0 }, []], completed: true });
    }
  });

  it('gives every kind of value', () => {
    expect(read(ndjson(), [bytesOf('false\n""\nnull\n 2 \n')]).values).toEqual([false, '', null, 2]);
  });

  it('ignores empty lines', () => {
    for (const pieces of everySplit(bytesOf('\n\r\n1\n\n\r\n2\n'))) {
      expect(read(ndjson(), pieces)).toEqual({ values: [1, 2], completed: true });
    }
  });

  it.each(['{"a":', '{}{}', "{'a':1}", 'undefined', 'NaN', '\ufeff1', '1,', ' '])(
    'errors for what is not JSON: %j',
    (line) => {
      const { values, error, completed } = read(ndjson(), [bytesOf(`1\n${line}\n2\n`)]);
      expect({ values, completed }).toEqual({ values: [1], completed: false });
      expect(error).toBeInstanceOf(FrameMalformedError);
      expect(error).toMatchObject({
        code: 'RXPOOL_FRAME_MALFORMED',
        retryable: false,
        info: { format: 'JSON' },
        cause: { name: 'SyntaxError' },
        message: expect.stringMatching(/^a frame is not valid JSON: ./) as string,
      });
    },
  );

  it('errors for what is not UTF-8, even within a text', () => {
    const { error } = read(ndjson(), [Uint8Array.of(0x22, 0xff, 0x22, 0x0a)]);
    expect(error).toBeInstanceOf(FrameMalformedError);
    expect(error).toMatchObject({ info: { format: 'UTF-8' } });
  });

  it('does not take a rest for a value, however whole it looks', () => {
    for (const pieces of everySplit(bytesOf('1\n12'))) {
      const { values, error } = read(ndjson(), pieces);
      expect(values).toEqual([1]);
      expect(error).toBeInstanceOf(FrameTruncatedError);
      expect(error).toMatchObject({ info: { announced: undefined, received: 2 } });
    }
  });

  it('takes it with rest: emit, and then it must be JSON', () => {
    expect(read(ndjson({ rest: 'emit' }), [bytesOf('1\n12')])).toEqual({ values: [1, 12], completed: true });
    expect(read(ndjson({ rest: 'emit' }), [bytesOf('1\n{"a"')]).error).toBeInstanceOf(FrameMalformedError);
    expect(read(ndjson({ rest: 'emit' }), [bytesOf('1\n')])).toEqual({ values: [1], completed: true });
  });

  it('goes on after bad lines', () => {
    const format = ndjson({ onBadFrame: 'skip', maxFrame: 10 });
    const stream = bytesOf('1\n{\n"too long a text"\n2\n[\n3\n4');
    expect(read(format, [stream])).toEqual({ values: [1, 2, 3], completed: true });
    expect(format.skipped).toBe(4);
  });

  it('is limited to maxFrame', () => {
    expect(read(ndjson({ maxFrame: 4 }), [bytesOf('1234\n12345')])).toMatchObject({
      values: [1234],
      error: expect.any(FrameTooLargeError) as unknown,
    });
  });

  it('encodes a value as one line', () => {
    const format = ndjson();
    expect(format.encode({ text: 'two\nlines\u2028é' })).toEqual(bytesOf('{"text":"two\\nlines\u2028é"}\n'));
    expect(read(format, [format.encode('\ud800'), format.encode(null)]).values).toEqual(['\ud800', null]);
  });

  it.each([undefined, () => 1, Symbol('a')])('encodes nothing that JSON has no form for: %s', (value) => {
    expect(() => ndjson().encode(value)).toThrow(TypeError);
    expect(() => ndjson().encode(value)).toThrow(`ndjson: JSON has no form for ${typeof value}`);
  });

  it('passes on what JSON says of a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => ndjson().encode(cycle)).toThrow(TypeError);
  });

  it('refuses wrong options', () => {
    expect(() => ndjson({ rest: 'drop' as 'emit' })).toThrow('ndjson: rest must be one of');
    expect(() => ndjson({ fatal: true } as NdjsonConfig)).toThrow('ndjson: unknown option fatal');
  });
});
