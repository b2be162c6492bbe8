import { FrameMalformedError, FrameTooLargeError } from '../../protocol/index.js';

const HASH = 35;
const ZERO = 48;
const NINE = 57;
/** As many as `Number.MAX_SAFE_INTEGER` has. */
const MOST_DIGITS = 16;

/**
 * Finds the frames of Nest in text: `<length>#<json>`, where the length counts UTF-16 code units, not bytes.
 *
 * @internal
 */
export class NestFrameReader {
  private text = '';
  private at = 0;
  /** Of the body that is being read. */
  private length: number | undefined;

  constructor(private readonly maxLength: number) {}

  /** Whether the beginning of a frame is there, and not the rest. */
  get isWithin(): boolean {
    return this.length !== undefined || this.at < this.text.length;
  }

  push(text: string): void {
    this.text = this.at === this.text.length ? text : this.text.slice(this.at) + text;
    this.at = 0;
  }

  /**
   * The next whole body, if it is there.
   *
   * @throws FrameMalformedError for what is no length, FrameTooLargeError
   */
  next(): string | undefined {
    this.length ??= this.readLength();
    const { text, at, length } = this;
    if (length === undefined || text.length - at < length) return undefined;
    this.at = at + length;
    this.length = undefined;
    return text.slice(at, at + length);
  }

  private readLength(): number | undefined {
    const { text, at, maxLength } = this;
    let length = 0;
    for (let i = at; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === HASH && i > at) {
        this.at = i + 1;
        if (length > maxLength) throw new FrameTooLargeError({ maxFrame: maxLength, size: length });
        return length;
      }
      if (code < ZERO || code > NINE || i - at >= MOST_DIGITS) {
        const start = JSON.stringify(text.slice(at, at + MOST_DIGITS + 1));
        throw new FrameMalformedError({ format: 'codec' }, new RangeError(`no length and "#" at ${start}`));
      }
      length = length * 10 + code - ZERO;
    }
    return undefined;
  }
}
