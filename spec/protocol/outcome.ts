import { Subject, type Observable, type OperatorFunction } from 'rxjs';

/** What has come out of a stream. */
export interface Outcome<T> {
  readonly values: T[];
  error?: unknown;
  completed: boolean;
}

/** What comes out so far; the source is not waited for. */
export function watch<T>(result: Observable<T>): Outcome<T> {
  const outcome: Outcome<T> = { values: [], completed: false };
  result.subscribe({
    next: (value) => outcome.values.push(value),
    error: (error: unknown) => (outcome.error = error),
    complete: () => (outcome.completed = true),
  });
  return outcome;
}

/** All of what comes out when the source emits the pieces and completes. */
export function read<T>(operator: OperatorFunction<Uint8Array, T>, pieces: Iterable<Uint8Array>): Outcome<T> {
  const source = new Subject<Uint8Array>();
  const outcome = watch(source.pipe(operator));
  for (const piece of pieces) source.next(piece);
  source.complete();
  return outcome;
}

/** As bytes, in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
