import type { Bug } from '../bug.js';

const prefixed = 'src/protocol/length-prefixed.ts';
const lines = 'src/protocol/lines.ts';
const bytes = 'src/protocol/byte-queue.ts';
const framing = 'src/protocol/framing.ts';

const prefixedSpec = 'spec/protocol/length-prefixed.spec.ts';
const linesSpec = 'spec/protocol/lines.spec.ts';

/** Bugs in how bytes become messages. */
export const PROTOCOL_BUGS: readonly Bug[] = [
  {
    name: 'frame-waits-for-one-byte-more',
    breaks: 'a frame is emitted only with the first byte of the next one',
    rule: 'contract',
    file: prefixed,
    find: 'if (bytes.rest < missing) {',
    replace: 'if (bytes.rest <= missing) {',
    hints: [prefixedSpec],
  },
  {
    name: 'max-frame-off-by-one',
    breaks: 'a body of exactly maxFrame bytes is refused',
    rule: 'bounded',
    file: prefixed,
    find: 'if (announced > maxFrame) throw',
    replace: 'if (announced >= maxFrame) throw',
    hints: [prefixedSpec],
  },
  {
    name: 'length-is-signed',
    breaks: 'a length of 2 GiB and more becomes negative, and passes every limit',
    rule: 'bounded',
    file: prefixed,
    find: 'announced * 256 + byte',
    replace: '(announced << 8) | byte',
    hints: [prefixedSpec],
  },
  {
    name: 'carriage-return-across-chunks',
    breaks: 'a CR at the end of one chunk stays in the line whose LF comes with the next',
    rule: 'contract',
    file: bytes,
    find: 'this.#store[this.#held - 1]',
    replace: 'undefined',
    hints: [linesSpec],
  },
  {
    name: 'max-line-counts-the-terminator',
    breaks: 'a line of exactly maxFrame bytes with a CR in front of its LF is refused',
    rule: 'bounded',
    file: lines,
    find: ' - (bytes.lastOf(end) === CR ? 1 : 0);\n        if (size > maxFrame)',
    replace: ' - (bytes.lastOf(end) === CR ? 1 : 0);\n        if (bytes.held + end > maxFrame)',
    hints: [linesSpec],
  },
  {
    name: 'byte-order-mark-eaten',
    breaks: 'a line that begins with U+FEFF loses it',
    rule: 'contract',
    file: lines,
    find: 'ignoreBOM: true',
    replace: 'ignoreBOM: false',
    hints: [linesSpec],
  },
  {
    name: 'store-grows-in-steps',
    breaks: 'an unfinished frame is copied once more for each few bytes that are added to it',
    rule: 'bounded',
    file: bytes,
    find: 'Math.max(SMALLEST_STORE, 2 * needed)',
    replace: 'needed + 16 * SMALLEST_STORE',
    hints: [prefixedSpec],
  },
  {
    name: 'store-outgrows-its-limit',
    breaks: 'an unfinished frame takes up to twice the memory that maxFrame allows',
    rule: 'bounded',
    file: bytes,
    find: 'new Uint8Array(Math.min(limit, Math.max(SMALLEST_STORE, 2 * needed)))',
    replace: 'new Uint8Array(Math.max(SMALLEST_STORE, 2 * needed))',
    hints: [linesSpec, prefixedSpec],
  },
  {
    name: 'view-at-the-wrong-place',
    breaks: 'a frame in a Buffer out of the pool of Node shows the bytes of somebody else',
    rule: 'contract',
    file: bytes,
    find: 'this.#chunk.byteOffset + this.#at',
    replace: 'this.#at',
    hints: [linesSpec],
  },
  {
    name: 'last-chunk-kept-alive',
    breaks: 'an idle connection keeps the memory of its last chunk',
    rule: 'bounded',
    file: bytes,
    find: 'if (this.#at === this.#chunk.length) this.push(NOTHING);',
    replace: '',
    hints: [linesSpec],
  },
  {
    name: 'frames-after-the-unsubscribe',
    breaks: 'the rest of a chunk is decoded for somebody who has left',
    rule: 'contract',
    file: framing,
    find: 'if (subscriber.closed) return;\n              }',
    replace: '}',
    hints: [linesSpec],
  },
  {
    name: 'input-in-the-middle-of-a-frame',
    breaks: 'input that a consumer pushes from within a frame overtakes what is left of the chunk',
    rule: 'state first',
    file: framing,
    find: 'if (draining) return;',
    replace: '',
    hints: [linesSpec],
  },
];
