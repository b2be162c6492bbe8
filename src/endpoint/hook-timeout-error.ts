import { RxpoolError } from './rxpool-error.js';

/** A hook (`prepare`, …) did not answer within `hookTimeout`. Its connection has been closed. */
export class HookTimeoutError extends RxpoolError<{ readonly hook: string; readonly timeout: number }> {
  static override readonly code = 'RXPOOL_HOOK_TIMEOUT';
  declare readonly code: typeof HookTimeoutError.code;

  constructor(hook: string, address: string, timeout: number) {
    super(`${hook} on a connection to ${address} did not answer within ${String(timeout)} ms`, {
      info: { hook, timeout },
      retryable: true,
    });
  }
}
