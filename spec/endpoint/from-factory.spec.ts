import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { fromFactory, type Factory } from '../../src/endpoint/from-factory.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record, typesOf } from './record.js';

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

/** Lets all promises that are settled by now, and those that follow from them, be heard. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const REFUSED = new Error('refused');

describe('fromFactory', () => {
  it('opens what create makes, be it a promise or not', async () => {
    for (const create of [() => ({ id: 1 }), () => Promise.resolve({ id: 1 })]) {
      const opening = record(fromFactory({ create }).open());
      expect(opening.values).toEqual([]);
      await settled();
      expect(opening.values).toEqual([{ id: 1 }]);
      expect([opening.errors, opening.completed]).toEqual([[], false]);
    }
  });

  it.each([
    ['rejects', () => Promise.reject(REFUSED)],
    [
      'throws',
      () => {
        throw REFUSED;
      },
    ],
  ])('has a failed attempt when create %s, and destroys nothing', async (_name, create) => {
    const destroyed: unknown[] = [];
    const clock = new VirtualClock();
    const connection = endpoint(fromFactory({ create, destroy: (one) => destroyed.push(one) }), {
      clock,
      retry: { delay: 100 },
    });
    const events = record(connection);
    await settled();

    expect(events.last).toMatchObject({ type: 'failed', error: REFUSED, retryIn: 100 });
    expect(destroyed).toEqual([]);
    clock.advance(100);
    expect(typesOf(events)).toEqual(['connecting', 'failed', 'connecting']);
  });

  it('destroys what was made at the unsubscribe', async () => {
    const destroyed: unknown[] = [];
    const made = {};
    const opening = record(fromFactory({ create: () => made, destroy: (one) => destroyed.push(one) }).open());
    await settled();
    opening.stop();
    await settled();

    expect(destroyed).toEqual([made]);
  });

  it('destroys what comes late, after the unsubscribe', async () => {
    const destroyed: unknown[] = [];
    const making = deferred<object>();
    const factory = { create: () => making.promise, destroy: (one: object) => destroyed.push(one) };
    const opening = record(fromFactory(factory).open());
    await settled();
    opening.stop();
    const made = {};
    making.resolve(made);
    await settled();

    expect(opening.values).toEqual([]);
    expect(destroyed).toEqual([made]);
  });

  it('hears nothing of a rejection that comes late', async () => {
    const making = deferred<object>();
    const opening = record(fromFactory({ create: () => making.promise }).open());
    await settled();
    opening.stop();
    making.reject(REFUSED);
    await settled();

    expect(opening.errors).toEqual([]);
  });

  it('destroys once, although the close and the unsubscribe both ask for it', async () => {
    const destroyed: unknown[] = [];
    const made = {};
    const factory = fromFactory({ create: () => made, destroy: (one) => destroyed.push(one) });
    const opening = record(factory.open());
    await settled();
    record(factory.close(made));
    record(factory.close(made, { force: true }));
    opening.stop();
    await settled();
    record(factory.close(made));
    await settled();

    expect(destroyed).toEqual([made]);
  });

  it('has closed when destroy has settled', async () => {
    const made = {};
    const destroying = deferred<undefined>();
    const factory = fromFactory({ create: () => made, destroy: () => destroying.promise });
    record(factory.open());
    await settled();
    const closing = record(factory.close(made));
    await settled();
    expect(closing.completed).toBe(false);
    destroying.resolve(undefined);
    await settled();

    expect(closing.completed).toBe(true);
  });

  it('destroys only when the close is subscribed', async () => {
    const destroyed: unknown[] = [];
    const made = {};
    const factory = fromFactory({ create: () => made, destroy: (one) => destroyed.push(one) });
    record(factory.open());
    await settled();
    factory.close(made);
    await settled();

    expect(destroyed).toEqual([]);
  });

  it.each([
    ['rejects', () => Promise.reject(REFUSED)],
    [
      'throws',
      () => {
        throw REFUSED;
      },
    ],
  ])('leaves no unhandled rejection when destroy %s at the unsubscribe', async (_name, destroy) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): unknown => unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const opening = record(fromFactory({ create: () => ({}), destroy }).open());
      await settled();
      opening.stop();
      await settled();
      await settled();
    } finally {
      process.off('unhandledRejection', note);
    }

    expect(unhandled).toEqual([]);
  });

  it('takes resources apart that create made for several subscribers', async () => {
    const destroyed: number[] = [];
    let made = 0;
    const factory = fromFactory({
      create: () => ({ id: made++ }),
      destroy: ({ id }) => destroyed.push(id),
    });
    const openings = [record(factory.open()), record(factory.open()), record(factory.open())];
    await settled();
    openings[1]!.stop();
    await settled();
    expect(destroyed).toEqual([1]);
    openings[0]!.stop();
    openings[2]!.stop();
    await settled();

    expect(destroyed).toEqual([1, 0, 2]);
  });

  it('calls the methods of a class on their object, whatever else it has', async () => {
    class Connections implements Factory<{ id: number }> {
      readonly address = 'db:1';
      readonly log: string[] = [];
      #made = 0;
      create(): { id: number } {
        this.log.push('create');
        return { id: ++this.#made };
      }
      destroy({ id }: { id: number }): void {
        this.log.push(`destroy ${id} of ${this.#made}`);
      }
      validate({ id }: { id: number }): boolean {
        return id === this.#made;
      }
    }
    const connections = new Connections();
    const factory = fromFactory(connections);
    const opening = record(factory.open());
    await settled();
    const [made] = opening.values;

    expect(factory.address).toBe('db:1');
    expect(await factory.validate?.(made!)).toBe(true);
    expect(await factory.validate?.({ id: 7 })).toBe(false);
    opening.stop();
    await settled();
    expect(connections.log).toEqual(['create', 'destroy 1 of 1']);
  });

  it('needs create only: it closes at once, is called "factory" and has no validate', async () => {
    const factory = fromFactory({ create: () => 'made' });
    record(factory.open());
    await settled();
    const closing = record(factory.close('made'));
    await settled();

    expect(closing.completed).toBe(true);
    expect(factory.address).toBe('factory');
    expect(factory.validate).toBeUndefined();
  });

  it('refuses a factory that is none', () => {
    for (const wrong of [undefined, null, {}, { create: 5 }, () => 5]) {
      expect(() => fromFactory(wrong as never)).toThrow(new TypeError('fromFactory: create must be a function'));
    }
    expect(() => fromFactory({ create: () => 5, destroy: 5 as never })).toThrow(
      new TypeError('fromFactory: destroy must be a function, got 5'),
    );
    expect(() => fromFactory({ create: () => 5, validate: true as never })).toThrow(
      new TypeError('fromFactory: validate must be a function, got true'),
    );
    expect(() => fromFactory({ create: () => 5, address: 5 as never })).toThrow(
      new TypeError('fromFactory: address must be a string, got 5'),
    );
  });
});
