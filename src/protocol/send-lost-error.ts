import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { Sent } from './sent.js';

/** What a {@link SendLostError} knows. */
export interface SendLostInfo extends Sent {
  readonly address: string;
}

/** A `ConnectionLostError` that says how far a `send()` had come. */
export class SendLostError extends ConnectionLostError {
  override readonly info: SendLostInfo;

  constructor(address: string, { accepted, flushed }: Sent, cause?: unknown) {
    super(address, cause);
    this.info = { address, accepted, flushed };
    this.message += `; ${String(accepted)} bytes were accepted, ${String(flushed)} flushed`;
  }

  /** It shares the code of every loss, so what it knows tells it apart. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof ConnectionLostError && 'flushed' in value.info;
  }
}
