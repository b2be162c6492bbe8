import { NEVER, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { closeWithin } from '../../src/endpoint/close-within.js';
import { transport } from '../../src/endpoint/transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

/** A close that never completes, and which calls of the transport's `close` are under way. */
function hangingClose() {
  const clock = new VirtualClock();
  const underWay: string[] = [];
  const network = transport<string>(() => NEVER, {
    close: (_socket, { force = false } = {}) =>
      new Observable<never>(() => {
        const name = force ? 'by force' : 'in good order';
        underWay.push(name);
        return () => underWay.splice(underWay.indexOf(name), 1);
      }),
  });
  return { clock, underWay, closing: closeWithin({ hookTimeout: 100, clock, transport: network }, 'socket', false) };
}

describe('a close that takes too long', () => {
  it('is let go of when the close by force begins', () => {
    const { clock, underWay, closing } = hangingClose();
    closing.subscribe();
    expect(underWay).toEqual(['in good order']);
    clock.advance(100);
    expect(underWay).toEqual(['by force']);
    clock.advance(100);
    expect(underWay).toEqual([]);
  });

  it.each([
    ['in good order', 50],
    ['by force', 150],
  ])('is let go of %s when nobody waits for it, and no timer is left', (name, after) => {
    const { clock, underWay, closing } = hangingClose();
    const waiting = closing.subscribe();
    clock.advance(after);
    expect(underWay).toEqual([name]);
    waiting.unsubscribe();
    expect(underWay).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
