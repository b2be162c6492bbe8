import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fixed } from '../../src/protocol/fixed.js';
import { FrameTruncatedError } from '../../src/protocol/frame-truncated-error.js';
import { watchBytes } from './byte-work.js';
import { read, watch } from './outcome.js';
import { everySplit } from './splits.js';

const bytes = Uint8Array.of.bind(Uint8Array);

describe('fixed', () => {
  it('gives the same frames however the stream is cut', () => {
    for (const pieces of everySplit(bytes(1, 2, 3, 4, 5, 6, 7, 8, 9))) {
      const { values, completed } = read(fixed(3), pieces);
      expect(completed).toBe(true);
      expect(values.map((frame) => frame.join('')).join('|')).toBe('123|456|789');
    }
  });

  it('errors when the stream ends in the middle of a frame', () => {
    for (const pieces of everySplit(bytes(1, 2, 3, 4))) {
      const { values, error, completed } = read(fixed(3), pieces);
      expect({ values, completed }).toEqual({ values: [bytes(1, 2, 3)], completed: false });
      expect(error).toBeInstanceOf(FrameTruncatedError);
      expect(error).toMatchObject({ info: { announced: 3, received: 1 } });
    }
  });

  it('emits nothing for nothing', () => {
    expect(read(fixed(3), [])).toEqual({ values: [], completed: true });
  });

  it('does not copy what lies within a chunk', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(fixed(3)));
    const chunk = new Uint8Array(3000);
    const work = watchBytes();
    source.next(chunk);
    const { copied, allocated } = work;
    expect({ copied, allocated }).toEqual({ copied: 0, allocated: 0 });
    expect(outcome.values).toHaveLength(1000);
  });

  it('takes memory as the frame comes in', () => {
    const source = new Subject<Uint8Array>();
    watch(source.pipe(fixed(2 ** 40)));
    const chunk = new Uint8Array(1000);
    const work = watchBytes();
    source.next(chunk);
    expect(work.largest).toBeLessThanOrEqual(2000);
  });

  it('encodes a frame as it is, without a copy', () => {
    const frame = bytes(1, 2, 3);
    expect(fixed(3).encode(frame)).toBe(frame);
    expect(() => fixed(3).encode(bytes(1, 2))).toThrow(RangeError);
    expect(() => fixed(3).encode(bytes(1, 2))).toThrow('fixed: a frame must have 3 bytes, got 2');
    expect(() => fixed(3).encode('abc' as unknown as Uint8Array)).toThrow(TypeError);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('has no frames of %d bytes', (size) => {
    expect(() => fixed(size)).toThrow(RangeError);
    expect(() => fixed(size)).toThrow('fixed: size must be an integer from 1 to');
  });

  it('wants a number', () => {
    expect(() => fixed('3' as unknown as number)).toThrow(TypeError);
  });
});
