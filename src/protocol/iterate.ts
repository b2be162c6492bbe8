import { openReading, type OpensReading } from './open-reading.js';
import type { Reading } from './reading.js';

/**
 * An async iterator over what is read on demand: it reads when it is asked for a frame and has none left, and only then.
 *
 * @internal
 */
export function iterate<T>(source: OpensReading<T>): AsyncIterator<T, undefined> {
  let reading: Reading<T> | undefined;
  let frames: T[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;

  async function* read(): AsyncGenerator<T, undefined, undefined> {
    reading = source[openReading](
      {
        next: (frame) => {
          frames.push(frame);
          wake();
        },
        error: (error: unknown) => {
          ending = { error };
          wake();
        },
        complete: () => {
          ending = {};
          wake();
        },
      },
      () => wake(),
    );
    try {
      for (;;) {
        while (frames.length === 0 && reading.take() !== undefined);
        if (frames.length > 0) {
          const ready = frames;
          frames = [];
          yield* ready;
        } else if (ending === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ('error' in ending) throw ending.error;
        else return undefined;
      }
    } finally {
      reading.close();
    }
  }

  const iteration = read();
  return {
    next: () => iteration.next(),
    // By itself, the generator would hold on to the socket until the next frame comes.
    return: () => {
      reading?.close();
      ending ??= {};
      wake();
      return iteration.return(undefined);
    },
  };
}
