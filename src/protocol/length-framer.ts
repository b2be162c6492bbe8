import type { ByteQueue } from './byte-queue.js';
import { FrameLengthError } from './frame-length-error.js';
import { FrameTooLargeError } from './frame-too-large-error.js';
import { FrameTruncatedError } from './frame-truncated-error.js';
import type { Framer } from './framing.js';
import type { LengthLayout } from './length-layout.js';
import { LengthReader } from './length-reader.js';

const NO_HEADER: Uint8Array = new Uint8Array(0);

/**
 * Reads headers with a length in them, and the bodies after them.
 *
 * @internal
 */
export class LengthFramer<Frame> implements Framer<Frame> {
  readonly #layout: LengthLayout;
  readonly #maxFrame: number;
  readonly #toFrame: (body: Uint8Array, header: Uint8Array) => Frame;
  readonly #length: LengthReader;
  /** What stands in front of the length, and then the size of the body, once they are known. */
  #header: Uint8Array | undefined;
  #size: number | undefined;

  constructor(layout: LengthLayout, maxFrame: number, toFrame: (body: Uint8Array, header: Uint8Array) => Frame) {
    this.#layout = layout;
    this.#maxFrame = maxFrame;
    this.#toFrame = toFrame;
    this.#length = new LengthReader(layout.bytes, layout.endian);
  }

  next(bytes: ByteQueue): Frame | undefined {
    const { offset } = this.#layout;
    const isNew = this.#header === undefined;
    const header = (this.#header ??= offset === 0 ? NO_HEADER : bytes.takeFrame(offset));
    if (header === undefined) return undefined;
    this.#size ??= this.#readSize(bytes);
    const body = this.#size === undefined ? undefined : bytes.takeFrame(this.#size);
    if (body === undefined) {
      // It has to outlive the chunk that it may be a view of.
      if (isNew && offset > 0) this.#header = header.slice();
      return undefined;
    }
    this.#reset();
    return this.#toFrame(body, header);
  }

  end(bytes: ByteQueue): undefined {
    if (this.#size !== undefined) throw new FrameTruncatedError({ announced: this.#size, received: bytes.held });
    const received = (this.#header?.length ?? bytes.held) + this.#length.taken;
    if (received > 0) throw new FrameTruncatedError({ announced: undefined, received });
    return undefined;
  }

  #readSize(bytes: ByteQueue): number | undefined {
    const announced = this.#length.read(bytes);
    if (announced === undefined) return undefined;
    const { offset, includesHeader, adjust } = this.#layout;
    const uncounted = adjust - (includesHeader ? offset + this.#length.taken : 0);
    const size = announced + uncounted;
    if (size < 0 || announced > Number.MAX_SAFE_INTEGER) {
      throw new FrameLengthError({ announced, least: Math.max(0, -uncounted) });
    }
    if (size > this.#maxFrame) {
      bytes.skip(size);
      this.#reset();
      throw new FrameTooLargeError({ maxFrame: this.#maxFrame, size });
    }
    return size;
  }

  #reset(): void {
    this.#header = undefined;
    this.#size = undefined;
    this.#length.reset();
  }
}
