import { Subject, type Observable } from 'rxjs';

/** Work that ends when the test says so. */
export class Desk<T> {
  readonly begun: T[] = [];
  private readonly work: Subject<never>[] = [];

  readonly project = (value: T): Observable<never> => {
    this.begun.push(value);
    const work = new Subject<never>();
    this.work.push(work);
    return work;
  };

  /** Completes the work on the value that was begun as the nth. */
  finish(nth: number): void {
    this.work[nth]!.complete();
  }

  isLeft(nth: number): boolean {
    return !this.work[nth]!.observed;
  }
}
