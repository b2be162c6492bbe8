import { describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../src/pool/alarm.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

function setup() {
  const clock = new VirtualClock();
  const ring = vi.fn();
  return { clock, ring, alarm: new Alarm(clock, ring) };
}

describe('the alarm of a pool', () => {
  it('lets the process go where nobody holds it when it is set', () => {
    const { alarm, clock } = setup();
    alarm.set(clock.now() + 100);
    expect(clock).toMatchObject({ pending: 1, keepsAlive: false });
  });

  it('leaves no timer behind that stood for no deadline', () => {
    const { alarm, clock, ring } = setup();
    alarm.keepAlive(true);
    expect(clock).toMatchObject({ pending: 1, keepsAlive: true });
    alarm.keepAlive(false);
    expect(clock.pending).toBe(0);
    clock.advance(10 * 86_400_000);
    expect(ring).not.toHaveBeenCalled();
  });

  it('keeps its deadline when it need no longer keep the process alive', () => {
    const { alarm, clock, ring } = setup();
    alarm.keepAlive(true);
    alarm.set(clock.now() + 100);
    alarm.keepAlive(false);
    expect(clock).toMatchObject({ pending: 1, keepsAlive: false });
    clock.advance(100);
    expect(ring).toHaveBeenCalledOnce();
  });

  it('sets no other timer when it is told again what it knows', () => {
    const { alarm, clock } = setup();
    const set = vi.spyOn(clock, 'set');
    for (let i = 0; i < 3; i++) alarm.keepAlive(true);
    expect(set).toHaveBeenCalledTimes(1);
  });
});
