import { describe, expect, it } from 'vitest';
import { EndpointRecord } from '../../src/balance/endpoint-record.js';
import { EjectionLab } from './ejection-lab.js';

describe('the slow start', () => {
  it('gives a returning endpoint a tenth of its share, and more in proportion to the time', () => {
    const lab = new EjectionLab(2);
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.now = 35_000;
    lab.probe(a, 'succeeded');

    const warmth = [0, 500, 1_000, 2_500, 5_000, 9_999, 10_000, 1e9].map((passed) => a.record.warmth(35_000 + passed));
    expect(warmth).toEqual([0.1, 0.1, 0.1, 0.25, 0.5, 0.9999, 1, 1]);
  });

  it('takes as long as was asked for', () => {
    const lab = new EjectionLab(2, { slowStart: 60_000 });
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');
    expect(a.record.warmth(lab.now + 30_000)).toBe(0.5);
  });

  it('can be off', () => {
    const lab = new EjectionLab(2, { slowStart: 0 });
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');
    expect(a.record.warmth(lab.now)).toBe(1);
    expect(lab.add(true).record.warmth(lab.now)).toBe(1);
  });

  it('is for those found while the pool runs, not for those it began with', () => {
    const lab = new EjectionLab(1);
    lab.now = 1_000;
    expect(lab.servers[0]!.record.warmth(0)).toBe(1);
    expect(lab.add().record.warmth(1_000)).toBe(1);
    const late = lab.add(true);
    expect([1_000, 6_000, 11_000].map((now) => late.record.warmth(now))).toEqual([0.1, 0.5, 1]);
  });

  it('is none for a record that nobody has written to', () => {
    expect(new EndpointRecord().warmth(0)).toBe(1);
  });
});
