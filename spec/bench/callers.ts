import type { Observer } from 'rxjs';
import type { Measure } from './harness.js';

/** Asks for a key and calls back with how long its value is. */
export type Ask = (key: string, answered: (length: number) => void) => void;

/** Hears an answer. A class, since the TypeScript loader names each function that a property is set to, which costs more than the function. */
export class Hearing<Answer> implements Pick<Observer<Answer>, 'next' | 'complete'> {
  private length = -1;

  constructor(
    private readonly lengthOf: (answer: Answer) => number | undefined,
    private readonly answered: (length: number) => void,
  ) {}

  next(answer: Answer): void {
    this.length = this.lengthOf(answer) ?? -1;
  }

  complete(): void {
    this.answered(this.length);
  }
}

export const CALLERS = 100;

/** What the callers ask for. Each value has a length of its own, so that nobody takes another's for theirs. */
export const entries: readonly (readonly [key: string, value: string])[] = Array.from({ length: CALLERS }, (_, i) => {
  return [`key:${String(i)}`, 'v'.repeat(50 + i)];
});

/** Microseconds for each request, while each caller asks for its key time after time. */
export function µsEach(ask: Ask, each: number): Measure {
  return async () => {
    const startedAt = performance.now();
    await Promise.all(entries.map(([key, { length }]) => call(ask, key, length, each)));
    return ((performance.now() - startedAt) * 1_000) / (each * CALLERS);
  };
}

function call(ask: Ask, key: string, length: number, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = times;
    const answered = (got: number): void => {
      if (got !== length) reject(new Error(`${String(got)} bytes for ${key}`));
      else if (--left === 0) resolve();
      else ask(key, answered);
    };
    ask(key, answered);
  });
}
