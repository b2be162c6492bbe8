import { ConnectionLostError } from '../endpoint/connection-lost-error.js';

/** What a {@link RequestLostError} knows. */
export interface RequestLostInfo {
  readonly address: string;
  /** Whether it had been handed to the socket, so that the server may have seen it, and done what it says. */
  readonly written: boolean;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** A `ConnectionLostError` that says whether the request had been written. What came before the loss was emitted. */
export class RequestLostError extends ConnectionLostError {
  override readonly info: RequestLostInfo;

  constructor(info: RequestLostInfo, cause?: unknown) {
    super(info.address, cause);
    this.info = info;
    this.message += `; the request ${info.written ? 'had' : 'had not'} been written`;
  }

  /** It shares the code of every loss, so what it knows tells it apart. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof ConnectionLostError && 'written' in value.info;
  }
}
