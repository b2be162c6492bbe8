import { expect, it } from 'vitest';
import { PointList } from '../../src/balance/point-list.js';
import { seededRandom } from '../../src/testing/seeded-random.js';

it.each([
  ['far apart', 2 ** 32],
  ['close together, many the same', 40],
])('has all points in order, and of the same point the lower id first: %s', (_name, range) => {
  const random = seededRandom(3);
  const list = new PointList();
  const on = new Map<number, Uint32Array>();
  const all = (): [point: number, id: number][] =>
    [...on].flatMap(([id, points]) => Array.from(points, (point): [number, number] => [point, id]));
  for (let step = 0; step < 400; step++) {
    const id = Math.floor(random() * 12);
    const points = on.get(id);
    if (points === undefined) {
      const added = Uint32Array.from({ length: 6 }, () => Math.floor(random() * range)).sort();
      on.set(id, added);
      list.insert(added, id, (other) => other <= id);
    } else {
      on.delete(id);
      list.remove(points, id);
    }
    const sorted = all().sort(([a, x], [b, y]) => a - b || x - y);
    expect([...list.ids.subarray(0, list.length)]).toEqual(sorted.map(([, of]) => of));
    for (let look = 0; look < 10; look++) {
      const point = Math.floor(random() * range);
      const at = sorted.findIndex(([other]) => other >= point);
      expect(list.from(point)).toBe(at < 0 ? sorted.length : at);
    }
  }
});

it('has nothing before anything is there', () => {
  expect(new PointList().from(5)).toBe(0);
});
