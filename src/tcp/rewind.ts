import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import type { UsableOptions } from '../endpoint/transport.js';
import { isUsable } from './is-usable.js';
import { untouched } from './socket-memory.js';

const rewinding: unique symbol = Symbol('rxpool.rewinding');

/** What is set here directly is checked by public means afterwards. */
type Flowing = Socket & { readonly _readableState?: { flowing: boolean | null } };

/**
 * Makes a socket that has been read from, or paused, as new: its bytes are kept for the next reader, whoever that is. True when it is so at
 * once, else it emits whether it has become so.
 */
export function rewind(
  socket: Flowing,
  afterTick: (fn: () => void) => void,
  options?: UsableOptions,
): true | Observable<boolean> {
  // The public way back takes a tick and costs as much as the rest of a loan.
  if (socket._readableState !== undefined) socket._readableState.flowing = null;
  if (socket.readableFlowing === null && !socket.isPaused()) return true;
  return rewindByListener(socket, afterTick, options);
}

/** By public means: a `readable` listener that comes and goes leads back, after a tick. */
function rewindByListener(
  socket: Socket & { [rewinding]?: boolean },
  afterTick: (fn: () => void) => void,
  options: UsableOptions | undefined,
): Observable<boolean> {
  if (socket[rewinding] !== true) {
    socket[rewinding] = true;
    if (socket.isPaused()) socket.resume();
    untouched(socket, () => {
      socket.on('readable', ignore);
      socket.off('readable', ignore);
    });
    afterTick(() => {
      socket[rewinding] = false;
    });
  }
  return new Observable((subscriber) => {
    afterTick(() => {
      subscriber.next(socket.readableFlowing === null && isUsable(socket, options));
      subscriber.complete();
    });
  });
}

function ignore(): void {
  // Only its coming and going has an effect.
}
