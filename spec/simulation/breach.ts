/** A rule of the pool that did not hold. */
export class Breach extends Error {
  override readonly name = 'Breach';

  constructor(
    /** What is broken, in the same words each time, so that a shrunk run can be told to fail in the same way. */
    readonly rule: string,
    detail = '',
  ) {
    super(detail === '' ? rule : `${rule}: ${detail}`);
  }
}

/** Throws unless `holds`. */
export function rule(holds: boolean, name: string, detail?: () => string): void {
  if (!holds) throw new Breach(name, detail?.());
}

/** Keeps the first breach that is found where nobody would catch it: what a subscriber throws, RxJS takes out of the call. */
export class Breaches {
  first: Breach | undefined;

  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.first ??= toBreach(error);
    }
  }

  /** Throws it. */
  check(): void {
    if (this.first !== undefined) throw this.first;
  }
}

/** Whatever else is thrown breaks a rule as well. */
export function toBreach(error: unknown): Breach {
  return error instanceof Breach ? error : new Breach('nothing throws', error instanceof Error ? error.stack : '');
}
