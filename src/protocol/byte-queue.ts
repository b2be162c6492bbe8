import { checkBytes } from './check-bytes.js';

/** Below this, growing in steps costs more than the bytes are worth. */
const SMALLEST_STORE = 256;

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Bytes go in at one end in chunks, as the network cut them, and come out at the other as frames.
 *
 * A frame that lies within one chunk comes out as a view of it. The beginning of an unfinished frame is _copied_
 * into a store of its own, for three reasons: a view would keep the whole chunk alive, thousands of tiny views cost
 * many times the bytes they show, and the owner of the chunk may read into the same memory again. The store doubles
 * as it grows, so that each byte is copied a constant number of times however small the chunks are.
 *
 * @internal
 */
export class ByteQueue {
  #chunk = NOTHING;
  #at = 0;
  #store = NOTHING;
  #held = 0;
  /** How many bytes are still to be dropped, or up to the end of what. */
  #unwanted: number | Uint8Array = 0;

  /** Bytes kept from earlier chunks. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of the current chunk that are neither taken nor kept yet. */
  get rest(): number {
    return this.#chunk.length - this.#at;
  }

  /** Whether what is to be dropped has not come in as a whole. Until then there is no {@link rest}. */
  get isSkipping(): boolean {
    return this.#unwanted !== 0;
  }

  /** Makes `chunk` the current one. Nothing of the one before may be left in {@link rest}. */
  push(chunk: Uint8Array): void {
    checkBytes(chunk, ' Is an encoding set on the socket?');
    this.#chunk = chunk;
    this.#at = 0;
    if (this.#unwanted !== 0) this.#drop();
  }

  /**
   * Where `delimiter` first ends in {@link rest}, as a count of bytes, or -1. Its beginning may be in what is kept;
   * what is kept is not searched again.
   */
  find(delimiter: Uint8Array): number {
    const last = delimiter[delimiter.length - 1];
    if (last === undefined) return -1;
    for (let at = this.#chunk.indexOf(last, this.#at); at !== -1; at = this.#chunk.indexOf(last, at + 1)) {
      const end = at + 1 - this.#at;
      if (this.#isBefore(end, delimiter)) return end;
    }
    return -1;
  }

  /** Where `byte` last occurs in the first `count` bytes of {@link rest}, or -1. */
  findLast(byte: number, count: number): number {
    const at = this.#chunk.lastIndexOf(byte, this.#at + count - 1);
    return at < this.#at ? -1 : at - this.#at;
  }

  /** The last of the bytes that `take(count)` would give; `count` may be negative. */
  lastOf(count: number): number | undefined {
    return count > 0 ? this.#chunk[this.#at + count - 1] : this.#store[this.#held + count - 1];
  }

  /** Takes one byte of {@link rest}, or `undefined` if there is none. */
  takeByte(): number | undefined {
    const byte = this.#chunk[this.#at];
    if (byte !== undefined) this.#advance(1);
    return byte;
  }

  /** Takes a frame of `size` bytes, those kept and those of {@link rest} after them; or keeps what there is of it. */
  takeFrame(size: number): Uint8Array | undefined {
    const missing = size - this.#held;
    if (missing <= this.rest) return this.take(missing);
    this.keep(this.rest, size);
    return undefined;
  }

  /** Takes what is kept and `count` bytes of {@link rest} after it, as one array without its last `less` bytes. */
  take(count: number, less = 0): Uint8Array {
    if (this.#held === 0) {
      const view = this.view(count - less);
      this.#advance(count);
      return view;
    }
    const size = this.#held + count - less;
    const wanted = Math.max(0, count - less);
    if (wanted > 0) this.keep(wanted, size);
    const joined = this.#store.subarray(0, size);
    this.#forget();
    this.#advance(count - wanted);
    return joined;
  }

  /** The next `count` bytes of {@link rest}, which stay where they are. */
  view(count: number): Uint8Array {
    // Not `subarray`: that of a Node Buffer is a Buffer, and what a consumer gets must not depend on where the
    // network cut the stream.
    return new Uint8Array(this.#chunk.buffer, this.#chunk.byteOffset + this.#at, count);
  }

  /** Keeps `count` bytes of {@link rest} for later, in a store that never outgrows `limit` bytes. */
  keep(count: number, limit: number): void {
    const needed = this.#held + count;
    if (needed > this.#store.length) {
      const store = new Uint8Array(Math.min(limit, Math.max(SMALLEST_STORE, 2 * needed)));
      store.set(this.#store.subarray(0, this.#held));
      this.#store = store;
    }
    this.#store.set(this.#chunk.subarray(this.#at, this.#at + count), this.#held);
    this.#held = needed;
    this.#advance(count);
  }

  /** Drops what is kept and the next `count` bytes, those that have not come in yet included. */
  skip(count: number): void {
    this.#forget();
    this.#unwanted = count;
    this.#drop();
  }

  /** Drops everything up to the end of the next `delimiter`, what has not come in yet included. */
  skipPast(delimiter: Uint8Array): void {
    this.#unwanted = delimiter;
    this.#drop();
  }

  #drop(): void {
    const { rest } = this;
    if (typeof this.#unwanted === 'number') {
      const now = Math.min(this.#unwanted, rest);
      this.#unwanted -= now;
      this.#advance(now);
      return;
    }
    const end = this.find(this.#unwanted);
    if (end === -1) {
      this.#keepLast(this.#unwanted.length - 1);
    } else {
      this.#unwanted = 0;
      this.#forget();
      this.#advance(end);
    }
  }

  /** Keeps the last `count` bytes, in which a delimiter may have begun, and drops all before them. */
  #keepLast(count: number): void {
    const { rest } = this;
    const size = Math.min(count, this.#held + rest);
    const tail =
      size === 0 ? NOTHING : Uint8Array.from({ length: size }, (_, i) => this.lastOf(rest - size + i + 1) ?? 0);
    this.#store = tail;
    this.#held = size;
    this.#advance(rest);
  }

  /** Whether the bytes in front of `end` are those of `delimiter`; that its last one is has been seen. */
  #isBefore(end: number, delimiter: Uint8Array): boolean {
    for (let i = delimiter.length - 1; i > 0; i--) {
      if (this.lastOf(end - delimiter.length + i) !== delimiter[i - 1]) return false;
    }
    return true;
  }

  #forget(): void {
    this.#store = NOTHING;
    this.#held = 0;
  }

  #advance(count: number): void {
    this.#at += count;
    // An idle connection must not keep its last chunk alive.
    if (this.#at === this.#chunk.length) {
      this.#chunk = NOTHING;
      this.#at = 0;
    }
  }
}
