import type { ByteQueue } from './byte-queue.js';
import { FrameMalformedError } from './frame-malformed-error.js';
import type { Framer } from './framing.js';
import { readUntil, type Until } from './read-until.js';
import { takeRest } from './take-rest.js';

const LF = 0x0a;
const CR = 0x0d;

/** A line may keep the text around it alive, which must not be much. */
const MOST_AT_ONCE = 8192;

/**
 * Reads lines of UTF-8. Decoding is the larger part of the work, and many lines together take a fraction of the time:
 * so it decodes as far ahead as the consumer has read so far, up to a limit. A consumer that wants one line gets one.
 *
 * @internal
 */
export class LineReader implements Framer<string> {
  readonly #until: Until;
  readonly #rest: 'emit' | 'error';
  readonly #decoder: TextDecoder;
  #text = '';
  #at = 0;
  #ahead = 0;

  constructor(maxFrame: number, rest: 'emit' | 'error', fatal: boolean) {
    this.#until = { delimiter: Uint8Array.of(LF), optional: CR, maxFrame };
    this.#rest = rest;
    // What is decoded begins in the middle of a stream: without `ignoreBOM` a BOM there would be lost.
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal });
  }

  next(bytes: ByteQueue): string | undefined {
    if (this.#at === this.#text.length && !this.#readAhead(bytes)) return this.#readOne(bytes);
    const end = this.#text.indexOf('\n', this.#at);
    const hasReturn = this.#text.charCodeAt(end - 1) === CR;
    const line = this.#text.slice(this.#at, hasReturn ? end - 1 : end);
    this.#at = end + 1;
    if (this.#at === this.#text.length) this.#forget();
    return line;
  }

  end(bytes: ByteQueue): string | undefined {
    const line = takeRest(bytes, this.#until.maxFrame, this.#rest);
    return line && this.#decode(line);
  }

  /** Decodes some lines that lie within the chunk. */
  #readAhead(bytes: ByteQueue): boolean {
    const most = Math.min(this.#ahead, bytes.rest);
    if (most === 0 || bytes.held > 0) return false;
    const last = bytes.findLast(LF, most);
    if (last === -1) return false;
    try {
      this.#text = this.#decoder.decode(bytes.view(last + 1));
    } catch {
      // Line by line, it will turn out which of them it is.
      this.#ahead = 0;
      return false;
    }
    bytes.skip(last + 1);
    this.#grow(last + 1);
    return true;
  }

  #readOne(bytes: ByteQueue): string | undefined {
    const line = readUntil(bytes, this.#until);
    if (line === undefined) return undefined;
    this.#grow(line.length + 1);
    return this.#decode(line);
  }

  #decode(line: Uint8Array): string {
    try {
      return this.#decoder.decode(line);
    } catch (error) {
      throw new FrameMalformedError({ format: 'UTF-8' }, error);
    }
  }

  #grow(by: number): void {
    this.#ahead = Math.min(MOST_AT_ONCE, this.#until.maxFrame, this.#ahead + by);
  }

  #forget(): void {
    this.#text = '';
    this.#at = 0;
  }
}
