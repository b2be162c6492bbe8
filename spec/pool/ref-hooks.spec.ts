import { expect, it, vi } from 'vitest';
import { createPool, transport } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';
import { borrowNow, handLab, instantLab, record, stockIdle } from './pool-lab.js';

it('dials so that connecting alone does not keep the process alive: waiting does', () => {
  const network = fakeTransport();
  const open = vi.spyOn(network, 'open');
  record(handLab({}, network).pool.borrow());
  expect(open).toHaveBeenCalledExactlyOnceWith({ unref: true });
});

it('closes a connection whose ref throws, and lends another', () => {
  const { pool, transport: network } = instantLab();
  const [bad] = stockIdle(pool, 1);
  network.ref = (socket) => {
    if (socket === bad) throw new Error('cannot ref');
  };
  expect(borrowNow(pool).socket).not.toBe(bad);
  expect(bad!.closed).toBe(true);
  expect(network.closes).toMatchObject([{ socket: bad, force: true }]);
});

it.each(['usable', 'validate', 'restore'] as const)('lends a connection again whose transport has %s only', (hook) => {
  const network = fakeTransport();
  network.onOpen = (attempt) => attempt.accept();
  const asked = vi.fn(() => true);
  const source = transport(() => network.open(), { [hook]: asked });
  const clock = new VirtualClock();
  const pool = createPool(source, { clock });
  for (let i = 0; i < 3; i++) {
    record(pool.borrow()).only.release();
    clock.advance(1_000);
  }
  expect(network.opens).toHaveLength(1);
  expect(asked).toHaveBeenCalled();
});
