import { expect, it } from 'vitest';
import { checkBalance } from '../../src/balance/check-balance.js';
import { consistentHash } from '../../src/balance/consistent-hash.js';
import { roundRobin } from '../../src/balance/round-robin.js';
import { endpoints, filled, picks } from './candidates.js';

it('takes a ranking, a function and a balance', () => {
  const ranking = roundRobin();
  const choose = (): undefined => undefined;
  const balance = consistentHash();
  expect(checkBalance('createPool', ranking).picker).toBe(ranking);
  expect(checkBalance('createPool', choose).picker).toBe(choose);
  expect(checkBalance('createPool', balance)).toBe(balance);
});

it('goes round where nothing is said', () => {
  const { picker, scope, ring } = checkBalance('createPool', undefined);
  expect(picks(filled(picker, endpoints(2)), 4)).toEqual([0, 1, 0, 1]);
  expect([scope, ring]).toEqual([undefined, undefined]);
});

it.each([
  ['roundRobin', '"roundRobin"'],
  [5, '5'],
  [null, 'null'],
  [[roundRobin()], 'an array'],
  [{}, 'an object with nothing in it'],
  [{ rank: 1 }, 'an object with rank'],
  [{ rank: () => 0, picked: 1 }, 'an object with rank, picked'],
  [{ picker: 'roundRobin' }, 'an object with picker'],
  [{ picker: roundRobin(), scope: 1 }, 'an object with picker, scope'],
  [{ picker: roundRobin(), ring: {} }, 'an object with picker, ring'],
])('refuses %j', (value, shown) => {
  const check = (): unknown => checkBalance('createPool', value);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(
    'createPool: balance must be a picker such as roundRobin(), a function of (candidates, random) or an object with a function `rank`,' +
      ` or what failover() or consistentHash() return, got ${shown}`,
  );
});
