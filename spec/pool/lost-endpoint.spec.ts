import { expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { record } from './pool-lab.js';
import { echo, NetworkLab } from '../testing/network-lab.js';

it('an endpoint whose server restarts is used again although another one could serve everybody', () => {
  const { clock, network } = new NetworkLab();
  const [one] = ['one:1', 'other:1'].map((address) => network.listen(address, echo));
  const transports = [network.tcp('one:1'), network.tcp('other:1')];
  const pool = createPool(transports, { clock, random: network.random, max: 4 });
  const shares = (pause: number): string[] => {
    const leases = Array.from({ length: 4 }, () => record(pool.borrow()));
    clock.advance(10);
    const addresses = leases.map(({ only }) => only.endpoint.address).sort();
    for (const { only } of leases) only.release();
    clock.advance(pause);
    return addresses;
  };
  shares(0);
  one!.reset();
  for (let i = 0; i < 20; i++) shares(60_000); // each time all idle connections are closed and four are dialled
  expect(pool.endpoints[0]!.status.state).not.toBe('down');
  expect(shares(0)).toEqual(['one:1', 'one:1', 'other:1', 'other:1']);
});
