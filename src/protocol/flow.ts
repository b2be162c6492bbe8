import { Observable, type OperatorFunction } from 'rxjs';
import { iterate } from './iterate.js';
import { openReading, type OpensReading } from './open-reading.js';
import type { ReadableSocket } from './readable-socket.js';
import { Reading } from './reading.js';

/**
 * What arrives on a socket, in chunks or frames, for a consumer that may be slower than the sender.
 *
 * As an Observable it emits all as it comes; `consume()` and `for await` take no more than they can use.
 */
export class Flow<T> extends Observable<T> implements AsyncIterable<T> {
  /** @internal */
  readonly [openReading]: OpensReading<T>[typeof openReading];

  /** @internal */
  constructor(socket: ReadableSocket, frames: OperatorFunction<Uint8Array, T>) {
    super((subscriber) => {
      const reading = new Reading(socket, frames, subscriber, () => pump());
      subscriber.add(() => reading.close());
      const pump = (): void => {
        while (reading.take() !== undefined);
      };
      pump();
    });
    this[openReading] = (sink, wake) => new Reading(socket, frames, sink, wake);
  }

  /** Reads as the frames are asked for. A `break` leaves the socket as it was. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return iterate(this);
  }
}
