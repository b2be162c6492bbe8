import type { Observer } from 'rxjs';
import type { Reading } from './reading.js';

/** @internal Shared by all copies of the package in one process. */
export const openReading: unique symbol = Symbol.for('rxpool.openReading@1') as never;

/**
 * A source that can be read on demand.
 *
 * @internal
 */
export interface OpensReading<T> {
  /** See the constructor of {@link Reading}. */
  readonly [openReading]: (sink: Observer<T>, wake: () => void) => Reading<T>;
}
