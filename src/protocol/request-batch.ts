import { joinBytes } from './join-bytes.js';
import type { RequestSocket } from './request-socket.js';

/** Copying more than this costs more than a further buffer. */
const MOST_JOINED = 65_536;

/**
 * The requests of one turn of the event loop, which leave in one piece: a write costs more than all else that is done
 * for a small request.
 *
 * @internal
 */
export class RequestBatch {
  /** In bytes, where a character of text counts for one. */
  size = 0;
  private text = '';
  private bytes: Uint8Array[] = [];
  private joined = 0;
  /** What is ready to be written, in front of `text` or `bytes`, of which one is empty. */
  private readonly ready: (Uint8Array | string)[] = [];

  add(part: Uint8Array | string): void {
    this.size += part.length;
    if (typeof part === 'string') {
      if (this.joined > 0) this.close();
      this.text += part;
      return;
    }
    if (this.text !== '' || this.joined + part.length > MOST_JOINED) this.close();
    this.bytes.push(part);
    this.joined += part.length;
  }

  writeTo(socket: RequestSocket): void {
    this.close();
    const { ready } = this;
    if (ready.length > 1) socket.cork();
    for (const part of ready) socket.write(part);
    if (ready.length > 1) socket.uncork();
  }

  private close(): void {
    const { text, bytes, ready } = this;
    if (text !== '') ready.push(text);
    const [first] = bytes;
    if (first !== undefined) ready.push(bytes.length === 1 ? first : joinBytes(...bytes));
    this.text = '';
    this.bytes = [];
    this.joined = 0;
  }
}
