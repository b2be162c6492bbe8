import type { ByteQueue } from './byte-queue.js';
import { FrameLengthError } from './frame-length-error.js';

/** A varint has 7 bits a byte: this is 64 bits, the longest that other implementations write. */
const LONGEST_VARINT = 10;

/**
 * Reads unsigned lengths, one after the other, byte by byte as they come.
 *
 * @internal
 */
export class LengthReader {
  readonly #width: number | 'varint';
  readonly #isBig: boolean;
  #taken = 0;
  #length = 0;
  #scale = 1;

  constructor(width: number | 'varint', endian: 'big' | 'little') {
    this.#width = width;
    this.#isBig = endian === 'big';
  }

  /** How many bytes the length has, or has so far. */
  get taken(): number {
    return this.#taken;
  }

  /** The length, rounded if it is over `Number.MAX_SAFE_INTEGER`, or `undefined` until it is whole. */
  read(bytes: ByteQueue): number | undefined {
    return this.#width === 'varint' ? this.#readVarint(bytes) : this.#readInteger(bytes, this.#width);
  }

  /** Begins with the next length. */
  reset(): void {
    this.#taken = 0;
    this.#length = 0;
    this.#scale = 1;
  }

  #readInteger(bytes: ByteQueue, width: number): number | undefined {
    while (this.#taken < width) {
      const byte = bytes.takeByte();
      if (byte === undefined) return undefined;
      // No bit operators: those are signed, and four bytes do not fit.
      this.#length = this.#isBig ? this.#length * 256 + byte : this.#length + byte * this.#scale;
      this.#scale *= 256;
      this.#taken++;
    }
    return this.#length;
  }

  #readVarint(bytes: ByteQueue): number | undefined {
    for (let byte = bytes.takeByte(); byte !== undefined; byte = bytes.takeByte()) {
      this.#length += (byte & 0x7f) * this.#scale;
      this.#scale *= 128;
      this.#taken++;
      if (byte < 0x80) return this.#length;
      if (this.#taken === LONGEST_VARINT) throw new FrameLengthError({ announced: undefined, least: 0 });
    }
    return undefined;
  }
}
