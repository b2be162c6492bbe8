import { expect, it, vi } from 'vitest';
import { EventQueue } from '../../src/pool/event-queue.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

it('no event is made any more when the last listener has left', () => {
  const clock = new VirtualClock();
  const events = new EventQueue(clock);
  const [first, second] = [events.listen(() => undefined), events.listen(() => undefined)];
  first();
  expect(events.observed).toBe(true);
  second();
  const now = vi.spyOn(clock, 'now');
  events.announce('closing');

  expect(events.observed).toBe(false);
  expect(now).not.toHaveBeenCalled();
  expect(events.flush()).toBe(false);
});
