import type { Lined } from '../limit/line.js';

/** What a WebSocket can send. */
export type Sendable = string | ArrayBuffer | ArrayBufferView | Blob;

/** A message on its way to a socket. */
export interface Outgoing extends Lined<Outgoing> {
  readonly data: Sendable;
  /** Who wants it sent besides those who write: it does not count, and is not dropped. */
  readonly sent: (() => void) | undefined;
}

export function outgoing(data: unknown, sent?: () => void): Outgoing {
  return { data: checkSendable(data), sent, before: undefined, after: undefined };
}

/** @throws TypeError for what a WebSocket would make a text of, such as `[object Object]` */
export function checkSendable(data: unknown): Sendable {
  const isBytes = data instanceof ArrayBuffer || ArrayBuffer.isView(data) || data instanceof Blob;
  if (typeof data === 'string' || isBytes) return data;
  throw new TypeError(`a message must be text or bytes, got ${data === null ? 'null' : typeof data}`);
}
