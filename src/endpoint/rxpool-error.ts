/** What every {@link RxpoolError} carries besides its message. */
export interface RxpoolErrorOptions<Info extends object> {
  /** Typed facts about what went wrong, for programs; the message is for people. */
  readonly info: Info;
  /** Whether the same call may succeed later. `exponentialBackoff` rethrows what is not. */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/**
 * The base of every error that rxpool makes.
 *
 * `instanceof` compares a brand, not the class, so it holds between the ESM and the CJS copy of the package.
 *
 * @example
 * ```ts
 * import { RxpoolError } from 'rxpool';
 *
 * function describe(error: unknown): string {
 *   return error instanceof RxpoolError ? `${error.code} (retryable: ${String(error.retryable)})` : String(error);
 * }
 * ```
 */
export class RxpoolError<Info extends object = object> extends Error {
  /** A stable name for programs, `RXPOOL_…`. Subclasses set their own. */
  static readonly code: string = 'RXPOOL';
  readonly code: string;
  readonly retryable: boolean;
  readonly info: Info;

  constructor(message: string, options: RxpoolErrorOptions<Info>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = new.target.code;
    this.retryable = options.retryable;
    this.info = options.info;
    for (let type: unknown = new.target; isErrorType(type); type = Object.getPrototypeOf(type)) {
      Object.defineProperty(this, brandOf(type), { value: true });
    }
  }

  static override [Symbol.hasInstance](this: { readonly code: string }, value: unknown): boolean {
    return typeof value === 'object' && value !== null && brandOf(this) in value;
  }
}

function isErrorType(type: unknown): type is { readonly code: string } {
  return typeof type === 'function' && 'code' in type;
}

function brandOf(type: { readonly code: string }): symbol {
  return Symbol.for(`rxpool.error.${type.code}@1`);
}
