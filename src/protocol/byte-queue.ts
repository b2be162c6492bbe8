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

  /** Bytes kept from earlier chunks. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of the current chunk that are neither taken nor kept yet. */
  get rest(): number {
    return this.#chunk.length - this.#at;
  }

  /** Makes `chunk` the current one. Nothing of the one before may be left in {@link rest}. */
  push(chunk: Uint8Array): void {
    // A string would go through all of this and come out as nonsense.
    if (!ArrayBuffer.isView(chunk)) {
      const kind = typeof (chunk as unknown);
      throw new TypeError(`Expected bytes (Uint8Array), got ${kind}. Is an encoding set on the socket?`);
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Where `byte` first occurs in {@link rest}, or -1. What is kept is not searched again. */
  indexOf(byte: number): number {
    const index = this.#chunk.indexOf(byte, this.#at);
    return index === -1 ? -1 : index - this.#at;
  }

  /** The last of the bytes that `take(count)` would give. */
  lastOf(count: number): number | undefined {
    return count > 0 ? this.#chunk[this.#at + count - 1] : this.#store[this.#held - 1];
  }

  /** Takes one byte of {@link rest}, or `undefined` if there is none. */
  takeByte(): number | undefined {
    const byte = this.#chunk[this.#at];
    if (byte !== undefined) this.#advance(1);
    return byte;
  }

  /** Takes what is kept and `count` bytes of {@link rest} after it, as one array. */
  take(count: number): Uint8Array {
    if (this.#held > 0) {
      this.keep(count, this.#held + count);
      const joined = this.#store.subarray(0, this.#held);
      this.#store = NOTHING;
      this.#held = 0;
      return joined;
    }
    // Not `subarray`: that of a Node Buffer is a Buffer, and what a consumer gets must not depend on where the
    // network cut the stream.
    const view = new Uint8Array(this.#chunk.buffer, this.#chunk.byteOffset + this.#at, count);
    this.#advance(count);
    return view;
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

  #advance(count: number): void {
    this.#at += count;
    // An idle connection must not keep its last chunk alive.
    if (this.#at === this.#chunk.length) this.push(NOTHING);
  }
}
