import { Subject, takeUntil, type Observable } from 'rxjs';

/** What a stream has said so far. */
export class Recording<T> {
  readonly values: T[] = [];
  readonly errors: unknown[] = [];
  completed = false;
  private readonly end = new Subject<void>();

  constructor(source: Observable<T>, onNext?: (value: T, recording: Recording<T>) => void) {
    source.pipe(takeUntil(this.end)).subscribe({
      next: (value) => {
        this.values.push(value);
        onNext?.(value, this);
      },
      error: (error: unknown) => this.errors.push(error),
      complete: () => (this.completed = true),
    });
  }

  get last(): T | undefined {
    return this.values.at(-1);
  }

  /** Unsubscribes; also from within a callback, and while the subscribe is still under way. */
  stop(): void {
    this.end.next();
  }
}

/** The `type` of each event so far. */
export function typesOf(recording: Recording<{ readonly type: string }>): string[] {
  return recording.values.map(({ type }) => type);
}

/** Subscribes and notes what comes. */
export function record<T>(source: Observable<T>, onNext?: (value: T, recording: Recording<T>) => void): Recording<T> {
  return new Recording(source, onNext);
}
