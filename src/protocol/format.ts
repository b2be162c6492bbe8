import type { OperatorFunction } from 'rxjs';

/**
 * A format of frames: an operator that reads them, with the function that writes them.
 *
 * Both are made by one call, so that their options cannot differ. As an operator it can be used on any number of
 * streams at once; they share nothing but the count of what was skipped.
 *
 * @example
 * ```ts
 * import { first } from 'rxjs';
 * import { lengthPrefixed } from 'rxpool/protocol';
 *
 * const format = lengthPrefixed({ bytes: 2 });
 *
 * pool
 *   .use((socket, lease) => {
 *     socket.write(format.encode(Uint8Array.of(1, 2, 3)));
 *     return lease.data$.pipe(format, first());
 *   })
 *   .subscribe({ next: (body) => console.log(body.length), error: report });
 * ```
 */
export interface Format<Frame, Message = Frame> extends OperatorFunction<Uint8Array, Frame> {
  /**
   * The bytes of one frame, with its length or terminator. Needs no `this`: `source.pipe(map(format.encode))`.
   *
   * @throws RangeError for a message that would not come out of the operator as it went in.
   */
  readonly encode: (message: Message) => Uint8Array;
  /** How many bad frames have been dropped without a value in their place, over all streams. */
  readonly skipped: number;
}
