import { expect, it } from 'vitest';
import { peakEwma } from '../../src/balance/peak-ewma.js';
import { counted, endpoints, filled, picks } from './candidates.js';

it('gives half as many leases to one that takes twice as long', () => {
  const all = endpoints(2, (index) => ({ latency: 10 * (index + 1) }));
  const set = filled(peakEwma(), all);
  for (let i = 0; i < 300; i++) set.pick()!.leases++;
  expect(all.map(({ leases }) => leases)).toEqual([200, 100]);
});

it('takes the faster one of two with as much to do', () => {
  const all = endpoints(2, (index) => ({ latency: 10 - index, leases: 3 }));
  expect(counted(picks(filled(peakEwma(), all), 50), 2)).toEqual([0, 50]);
});

it('gives twice as many leases to one with twice the weight', () => {
  const all = endpoints(2, (index) => ({ latency: 10, weight: index + 1 }));
  const set = filled(peakEwma(), all);
  for (let i = 0; i < 300; i++) set.pick()!.leases++;
  expect(all.map(({ leases }) => leases)).toEqual([100, 200]);
});

it('tries one it does not know once, and again when that has ended without a figure', () => {
  const all = endpoints(2, (index) => ({ latency: index === 0 ? 5 : 0 }));
  const set = filled(peakEwma(), all);
  const lend = (): number => {
    const one = set.pick()!;
    one.leases++;
    return one.order;
  };
  expect(Array.from({ length: 100 }, lend)).toEqual([1, ...Array<number>(99).fill(0)]);
  all[1]!.leases = 0;
  expect([lend(), lend()]).toEqual([1, 0]);
});

it('counts an attempt to connect as the one try', () => {
  const all = endpoints(2, (index) => (index === 0 ? { latency: 5, leases: 1_000 } : { connecting: 1 }));
  expect(counted(picks(filled(peakEwma(), all), 20), 2)).toEqual([20, 0]);
});

it('tries that with less under way where it knows none', () => {
  const all = endpoints(2, (index) => ({ leases: 2 - index }));
  expect(counted(picks(filled(peakEwma(), all), 20), 2)).toEqual([0, 20]);
});
