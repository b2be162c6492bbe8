import type { Observable, OperatorFunction } from 'rxjs';
import {
  delimited,
  fixed,
  FrameError,
  frames,
  FrameTooLargeError,
  lengthPrefixed,
  lines,
  ndjson,
  text,
  type Codec,
  type Decoding,
  type Format,
  type FrameTooLargeInfo,
  type HeadedFrame,
  type LengthPrefixedConfig,
  type LinesConfig,
} from 'rxpool/protocol';
import { describe, expectTypeOf, it } from 'vitest';

declare const chunks: Observable<Buffer>;

describe('a format', () => {
  it('is an operator with an encoder', () => {
    expectTypeOf(lines()).toEqualTypeOf<Format<string, string>>();
    expectTypeOf(lines()).toExtend<OperatorFunction<Uint8Array, string>>();
    expectTypeOf(lines().encode).toEqualTypeOf<(message: string) => Uint8Array>();
    expectTypeOf(chunks.pipe(lines())).toEqualTypeOf<Observable<string>>();
    expectTypeOf(lines().skipped).toBeNumber();
  });

  it('cannot be changed', () => {
    const format = lines();
    // @ts-expect-error -- it counts by itself
    format.skipped = 0;
    // @ts-expect-error -- reading and writing belong together
    format.encode = (line: string) => new TextEncoder().encode(line);
  });

  it('emits what it says', () => {
    expectTypeOf(delimited('\n')).toEqualTypeOf<Format<Uint8Array, Uint8Array>>();
    expectTypeOf(fixed(4)).toEqualTypeOf<Format<Uint8Array>>();
    expectTypeOf(text()).toEqualTypeOf<Format<string>>();
    expectTypeOf(ndjson()).toEqualTypeOf<Format<unknown, unknown>>();
    expectTypeOf(ndjson<{ id: number }>()).toEqualTypeOf<Format<{ id: number }, unknown>>();
    expectTypeOf(lengthPrefixed()).toEqualTypeOf<Format<Uint8Array>>();
    expectTypeOf(lengthPrefixed({ bytes: 'varint', adjust: 1 })).toEqualTypeOf<Format<Uint8Array>>();
  });

  it('has headers with an offset only', () => {
    expectTypeOf(lengthPrefixed({ offset: 1 })).toEqualTypeOf<Format<HeadedFrame>>();
    const config: LengthPrefixedConfig = { bytes: 2 };
    expectTypeOf(lengthPrefixed(config)).toEqualTypeOf<Format<Uint8Array>>();
  });

  it('knows its options', () => {
    // @ts-expect-error -- no such width
    lengthPrefixed({ bytes: 3 });
    // @ts-expect-error -- no such option
    lines({ maxframe: 4 });
    // @ts-expect-error -- no such policy
    lines({ onBadFrame: 'ignore' });
  });
});

describe('onBadFrame', () => {
  it('adds nothing to what is emitted, by its words', () => {
    expectTypeOf(lines({ onBadFrame: 'skip' })).toEqualTypeOf<Format<string>>();
    expectTypeOf(lines({ onBadFrame: 'reset', maxFrame: 4 })).toEqualTypeOf<Format<string>>();
    const config: LinesConfig = { onBadFrame: 'error' };
    expectTypeOf(lines(config)).toEqualTypeOf<Format<string>>();
  });

  it('adds what its function returns', () => {
    expectTypeOf(lines({ onBadFrame: (error) => error })).toEqualTypeOf<Format<string | FrameError, string>>();
    expectTypeOf(lengthPrefixed({ onBadFrame: () => null })).toEqualTypeOf<Format<Uint8Array | null, Uint8Array>>();
    expectTypeOf(lengthPrefixed({ offset: 1, onBadFrame: () => 1 })).toEqualTypeOf<
      Format<HeadedFrame | number, HeadedFrame>
    >();
    expectTypeOf(ndjson<boolean, FrameError>({ onBadFrame: (error) => error })).toEqualTypeOf<
      Format<boolean | FrameError, unknown>
    >();
  });

  it('does not add undefined, which skips', () => {
    expectTypeOf(lines({ onBadFrame: () => undefined })).toEqualTypeOf<Format<string>>();
    expectTypeOf(lines({ onBadFrame: (error) => console.log(error) })).toEqualTypeOf<Format<string>>();
    expectTypeOf(
      lines({
        onBadFrame: (error) => {
          console.log(error.message);
        },
      }),
    ).toEqualTypeOf<Format<string>>();
    expectTypeOf(lines({ onBadFrame: (error) => (error instanceof FrameTooLargeError ? undefined : 0) })).toEqualTypeOf<
      Format<string | 0, string>
    >();
  });
});

describe('a FrameError', () => {
  it('can be told from the frames', () => {
    chunks.pipe(lines({ onBadFrame: (error) => error })).subscribe((line) => {
      if (line instanceof FrameError) expectTypeOf(line).toEqualTypeOf<FrameError>();
      else expectTypeOf(line).toBeString();
    });
  });

  it('tells what it knows', () => {
    const caught: unknown = undefined;
    if (caught instanceof FrameTooLargeError) expectTypeOf(caught.info).toEqualTypeOf<FrameTooLargeInfo>();
    if (caught instanceof FrameError) expectTypeOf(caught.info).toEqualTypeOf<object>();
  });
});

describe('frames', () => {
  it('is typed by its codec alone', () => {
    const format = frames({
      *decode() {
        const head = yield 4;
        expectTypeOf(head).toEqualTypeOf<Uint8Array>();
        return head.length;
      },
      encode: (word: string) => new TextEncoder().encode(word),
    });
    expectTypeOf(format).toEqualTypeOf<Format<number, string>>();
  });

  it('takes a codec that is declared', () => {
    class Lengths implements Codec<number, string> {
      *decode(): Decoding<number> {
        const [first = 0] = yield 1;
        return (yield first).length;
      }
      encode(word: string): Uint8Array {
        return new TextEncoder().encode(word);
      }
    }
    expectTypeOf(frames(new Lengths())).toEqualTypeOf<Format<number, string>>();
    expectTypeOf(frames(new Lengths(), { onBadFrame: 'reset' })).toEqualTypeOf<Format<number, string>>();
  });

  it('leaves out the undefined of a frame that is not emitted', () => {
    const format = frames({
      *decode(): Decoding<string> {
        const head = yield 4;
        return head[0] === 0 ? undefined : 'frame';
      },
      encode: (word: string) => new TextEncoder().encode(word),
    });
    expectTypeOf(format).toEqualTypeOf<Format<string>>();
  });

  it('asks for bytes or for a delimiter', () => {
    frames({
      // @ts-expect-error -- a boolean is neither
      *decode() {
        yield true;
        return 1;
      },
      encode: () => new Uint8Array(0),
    });
  });
});
