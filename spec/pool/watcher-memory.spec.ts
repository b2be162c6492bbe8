import { Observable, type Subscriber } from 'rxjs';
import { expect, it } from 'vitest';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { instantLab } from './pool-lab.js';

/** A subscriber that has come and gone. */
function comeAndGone(source: Observable<unknown>): WeakRef<object> {
  let made: WeakRef<Subscriber<unknown>> | undefined;
  new Observable<unknown>((subscriber) => {
    made = new WeakRef(subscriber);
    return source.subscribe(subscriber);
  })
    .subscribe()
    .unsubscribe();
  return made!;
}

it.each(['status$', 'stats$', 'events$'] as const)('%s keeps nothing of those who have unsubscribed', async (name) => {
  const { pool } = instantLab();
  const kept = comeAndGone(pool[name]);
  await collectGarbage();
  expect(kept.deref()).toBeUndefined();
});
