import { onTestFinished } from 'vitest';

/** What has been done to bytes while {@link watchBytes} was looking. */
export interface ByteWork {
  /** Bytes copied from one array to another. */
  copied: number;
  /** Bytes looked at in search of one. */
  searched: number;
  /** Bytes turned into text. */
  decoded: number;
  /** Bytes of memory asked for. */
  allocated: number;
  /** The most of them asked for at once. */
  largest: number;
}

/** Counts work, until the test is finished, instead of measuring time. Assertions work with bytes too: copy the counts first. */
export function watchBytes(): ByteWork {
  const work: ByteWork = { copied: 0, searched: 0, decoded: 0, allocated: 0, largest: 0 };
  const proto = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const { set, slice, indexOf, lastIndexOf } = proto;
  const { decode } = TextDecoder.prototype;

  // Not spies: those remember every call.
  const undo = [
    replace(proto, 'set', function (this: Uint8Array, source, offset) {
      work.copied += source.length;
      set.call(this, source, offset);
    }),
    replace(proto, 'slice', function (this: Uint8Array, from, to) {
      const copy = slice.call<Uint8Array, [number?, number?], Uint8Array<ArrayBuffer>>(this, from, to);
      work.copied += copy.length;
      return copy;
    }),
    replace(proto, 'indexOf', function (this: Uint8Array, byte, from = 0) {
      const index = indexOf.call(this, byte, from);
      work.searched += (index === -1 ? this.length : index + 1) - from;
      return index;
    }),
    replace(proto, 'lastIndexOf', function (this: Uint8Array, byte, from = this.length - 1) {
      const index = lastIndexOf.call(this, byte, from);
      work.searched += from - index + (index === -1 ? 0 : 1);
      return index;
    }),
    replace(TextDecoder.prototype, 'decode', function (this: TextDecoder, input, options) {
      work.decoded += input?.byteLength ?? 0;
      return decode.call(this, input, options);
    }),
    replace(
      globalThis,
      'Uint8Array',
      new Proxy(Uint8Array, {
        construct: (target, args: [unknown], newTarget) => {
          if (typeof args[0] === 'number') {
            work.allocated += args[0];
            work.largest = Math.max(work.largest, args[0]);
          }
          return Reflect.construct(target, args, newTarget) as object;
        },
      }),
    ),
  ];
  onTestFinished(() => {
    for (const restore of undo) restore();
  });
  return work;
}

function replace<T, K extends keyof T>(object: T, key: K, value: T[K]): () => void {
  const original = object[key];
  object[key] = value;
  return () => {
    object[key] = original;
  };
}
