import { Subject, type OperatorFunction } from 'rxjs';
import { collectGarbage } from './collect-garbage.js';

/** A stream that goes on after one chunk, and that chunk, of which only the operator may have kept anything. */
export async function afterChunk(
  operator: OperatorFunction<Uint8Array, unknown>,
  make: () => Uint8Array,
): Promise<{ readonly source: Subject<Uint8Array>; readonly chunk: WeakRef<Uint8Array> }> {
  const source = new Subject<Uint8Array>();
  source.pipe(operator).subscribe();
  const push = (): WeakRef<Uint8Array> => {
    const chunk = make();
    source.next(chunk);
    return new WeakRef(chunk);
  };
  const chunk = push();
  await collectGarbage();
  return { source, chunk };
}
