import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FrameMalformedError } from '../../src/protocol/frame-malformed-error.js';
import { text, type TextConfig } from '../../src/protocol/text.js';
import { bytesOf, read, watch } from './outcome.js';
import { everySplit } from './splits.js';

describe('text', () => {
  it('is the same however the stream is cut', () => {
    for (const pieces of everySplit(bytesOf('\ufeffa𝄞\ufeff'))) {
      const { values, completed } = read(text(), pieces);
      expect({ all: values.join(''), completed }).toEqual({ all: '\ufeffa𝄞\ufeff', completed: true });
      expect(values).not.toContain('');
    }
  });

  it('comes with each chunk, and a character that is cut with its last byte', () => {
    const source = new Subject<Uint8Array>();
    const { values } = watch(source.pipe(text()));
    source.next(bytesOf('ab'));
    expect(values).toEqual(['ab']);
    source.next(Uint8Array.of(0x63, 0xe2));
    source.next(Uint8Array.of(0x82));
    expect(values).toEqual(['ab', 'c']);
    source.next(Uint8Array.of(0xac));
    expect(values).toEqual(['ab', 'c', '€']);
  });

  it('has U+FFFD for what is not UTF-8, at the end too', () => {
    for (const pieces of everySplit(Uint8Array.of(0x61, 0xff, 0x62, 0xe2, 0x82))) {
      const { values, completed } = read(text(), pieces);
      expect({ all: values.join(''), completed }).toEqual({ all: 'a\ufffdb\ufffd', completed: true });
    }
  });

  it.each([
    ['in the middle', [0x61, 0xff, 0x62]],
    ['at the end', [0x61, 0xe2, 0x82]],
  ])('errors for it with fatal, %s', (_, stream) => {
    for (const pieces of everySplit(Uint8Array.of(...stream))) {
      const { error, completed } = read(text({ fatal: true }), pieces);
      expect(completed).toBe(false);
      expect(error).toBeInstanceOf(FrameMalformedError);
      expect(error).toMatchObject({ info: { format: 'UTF-8' }, cause: { name: 'TypeError' } });
    }
  });

  it('drops half a character when the source errors', () => {
    const source = new Subject<Uint8Array>();
    const outcome = watch(source.pipe(text()));
    source.next(Uint8Array.of(0x61, 0xe2));
    const lost = new Error('lost');
    source.error(lost);
    expect(outcome).toEqual({ values: ['a'], error: lost, completed: false });
  });

  it('encodes UTF-8', () => {
    expect(text().encode('a€')).toEqual(bytesOf('a€'));
  });

  it('refuses wrong options', () => {
    expect(() => text({ fatal: 1 as unknown as boolean })).toThrow('text: fatal must be a boolean, got 1');
    expect(() => text({ maxFrame: 4 } as TextConfig)).toThrow('text: unknown option maxFrame');
  });
});
