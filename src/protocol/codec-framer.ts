import type { ByteQueue } from './byte-queue.js';
import type { Codec, Decoding, Need } from './codec.js';
import { FrameError } from './frame-error.js';
import { FrameLengthError } from './frame-length-error.js';
import { FrameMalformedError } from './frame-malformed-error.js';
import { FrameTooLargeError } from './frame-too-large-error.js';
import { FrameTruncatedError } from './frame-truncated-error.js';
import type { Framer } from './framing.js';
import { readUntil, type Until } from './read-until.js';
import { toDelimiter } from './to-delimiter.js';

const NOTHING_READ = 'frames: decode must read at least one byte of each frame';

type Step<Frame> = IteratorResult<Need, Frame | undefined>;

/**
 * Reads frames as a codec says.
 *
 * @internal
 */
export class CodecFramer<Frame> implements Framer<Frame> {
  readonly #codec: Codec<Frame, never>;
  readonly #maxFrame: number;
  #reading: Decoding<Frame> | undefined;
  #need: Need = 0;
  /** The last delimiter that was asked for: most codecs have but one. */
  #delimiter: string | Uint8Array | undefined;
  #until: Until | undefined;
  /** How much of the frame the codec has been given. */
  #given = 0;
  #hasRead = false;

  constructor(codec: Codec<Frame, never>, maxFrame: number) {
    this.#codec = codec;
    this.#maxFrame = maxFrame;
  }

  next(bytes: ByteQueue): Frame | undefined {
    while (!bytes.isSkipping) {
      const step = this.#step(bytes);
      if (step === undefined) return undefined;
      if (step.done !== true) {
        this.#ask(step.value);
        continue;
      }
      this.#reading = undefined;
      if (!this.#hasRead) throw new TypeError(NOTHING_READ);
      if (step.value !== undefined) return step.value;
    }
    return undefined;
  }

  end(bytes: ByteQueue): undefined {
    if (this.#reading === undefined) return undefined;
    throw new FrameTruncatedError({ announced: undefined, received: this.#given + bytes.held }, 'a frame');
  }

  /** Lets the codec go on, if what it needs is there. */
  #step(bytes: ByteQueue): Step<Frame> | undefined {
    try {
      return this.#reading === undefined ? this.#begin(bytes) : this.#resume(this.#reading, bytes);
    } catch (error) {
      this.#reading = undefined;
      // It would refuse the same frame for ever.
      if (!this.#hasRead) throw new TypeError(NOTHING_READ, { cause: error });
      throw error instanceof FrameError ? error : new FrameMalformedError({ format: 'codec' }, error);
    }
  }

  #begin(bytes: ByteQueue): Step<Frame> | undefined {
    if (bytes.rest === 0) return undefined;
    this.#given = 0;
    this.#hasRead = false;
    this.#reading = this.#codec.decode();
    return this.#reading.next();
  }

  #resume(reading: Decoding<Frame>, bytes: ByteQueue): Step<Frame> | undefined {
    let part: Uint8Array | undefined;
    try {
      part = this.#read(bytes);
    } catch (error) {
      this.#hasRead = true;
      return reading.throw(error);
    }
    if (part === undefined) return undefined;
    this.#given += part.length;
    if (this.#need !== 0) this.#hasRead = true;
    return reading.next(part);
  }

  #read(bytes: ByteQueue): Uint8Array | undefined {
    if (typeof this.#need !== 'number') return this.#until && readUntil(bytes, this.#until, this.#given);
    const size = this.#given + this.#need;
    if (size > this.#maxFrame) {
      bytes.skip(this.#need);
      throw new FrameTooLargeError({ maxFrame: this.#maxFrame, size });
    }
    return bytes.takeFrame(this.#need);
  }

  #ask(need: Need): void {
    if (typeof need === 'number') {
      if (!Number.isSafeInteger(need) || need < 0) throw new FrameLengthError({ announced: need, least: 0 });
    } else if (need !== this.#delimiter || this.#until === undefined) {
      this.#until = { delimiter: toDelimiter('frames', need), maxFrame: this.#maxFrame };
      this.#delimiter = need;
    }
    this.#need = need;
  }
}
