import { StringDecoder } from 'node:string_decoder';
import { Observable, type OperatorFunction } from 'rxjs';
import { FrameMalformedError } from '../../protocol/index.js';
import { NestFrameReader } from './nest-frame-reader.js';

/** Bounds of what is read. */
export interface NestFramesConfig {
  /** The longest body, in UTF-16 code units. */
  readonly maxLength: number;
  /** How long the rest of a frame may be awaited, in ms; 0 is for ever. */
  readonly incompleteTimeout: number;
}

/**
 * Bytes into the objects that Nest has sent.
 *
 * What is no frame ends the stream: where the next one begins is unknown.
 *
 * @internal
 */
export function nestFrames({ maxLength, incompleteTimeout }: NestFramesConfig): OperatorFunction<Uint8Array, object> {
  return (source) =>
    new Observable<object>((subscriber) => {
      const decoder = new StringDecoder('utf8');
      const reader = new NestFrameReader(maxLength);
      let timer: NodeJS.Timeout | undefined;

      const incomplete = (): void => {
        const why = new Error(`no more of it has come within ${String(incompleteTimeout)} ms`);
        subscriber.error(new FrameMalformedError({ format: 'codec' }, why));
      };
      const watch = (): void => {
        if (!reader.isWithin) {
          clearTimeout(timer);
          timer = undefined;
        } else if (timer !== undefined) timer.refresh();
        else if (incompleteTimeout > 0 && incompleteTimeout !== Infinity) {
          timer = setTimeout(incomplete, incompleteTimeout).unref();
        }
      };
      subscriber.add(() => clearTimeout(timer));
      subscriber.add(
        source.subscribe({
          next: (bytes) => {
            try {
              reader.push(decoder.write(bytes));
              for (let body = reader.next(); body !== undefined; body = reader.next()) {
                subscriber.next(parse(body));
                if (subscriber.closed) return;
              }
            } catch (error) {
              subscriber.error(error);
              return;
            }
            watch();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}

function parse(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new FrameMalformedError({ format: 'JSON' }, error);
  }
  throw new FrameMalformedError({ format: 'codec' }, new TypeError('a packet of Nest is an object'));
}
