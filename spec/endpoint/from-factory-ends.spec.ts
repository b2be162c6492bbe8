import { describe, expect, it } from 'vitest';
import { fromFactory } from '../../src/endpoint/from-factory.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { record } from './record.js';
import { unhandledDuring } from './unhandled.js';

/** Lets all promises that are settled by now, and those that follow from them, be heard. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a factory', () => {
  it('has nothing to close in what it has not made, or has ended already', async () => {
    const destroyed: unknown[] = [];
    const factory = fromFactory({ create: () => ({}), destroy: (one) => destroyed.push(one) });
    const opening = record(factory.open());
    await settled();
    opening.stop();
    await settled();
    for (const resource of [{}, opening.values[0]!]) {
      expect(record(factory.close(resource))).toMatchObject({ completed: true, errors: [] });
    }
    expect(destroyed).toEqual(opening.values);
  });

  it('may be left before it has made anything', async () => {
    const factory = fromFactory({ create: () => new Promise<never>(() => {}), destroy: () => undefined });
    const unhandled = await unhandledDuring(1, () => {
      const opening = factory.open().subscribe();
      expect(() => {
        opening.unsubscribe();
      }).not.toThrow();
      // So that there is an end to wait for.
      record(fromFactory({ create: () => 5 }).open(), () => {
        throw new Error('the end');
      });
    });
    expect(unhandled).toEqual([new Error('the end')]);
  });

  it('keeps nothing of what it has ended', async () => {
    const factory = fromFactory({ create: () => ({ made: true }), destroy: () => undefined });
    const kept = await openedAndLeft(factory);
    await collectGarbage();
    expect(kept.deref()).toBeUndefined();
  });
});

async function openedAndLeft(factory: ReturnType<typeof fromFactory<object>>): Promise<WeakRef<object>> {
  let made: WeakRef<object> | undefined;
  const opening = factory.open().subscribe((resource) => (made = new WeakRef(resource)));
  await settled();
  opening.unsubscribe();
  await settled();
  return made!;
}
