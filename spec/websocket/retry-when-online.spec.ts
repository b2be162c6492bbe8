import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, endpoint } from '../../src/index.js';
import { retryWhenOnline } from '../../src/websocket/index.js';
import { record } from '../endpoint/record.js';
import { socketLab } from './socket-lab.js';

class Page extends EventTarget {
  visibilityState = 'hidden';

  turn(visibilityState: string): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

function pageLab(): { window: EventTarget; document: Page; tries: number[]; target: { retryNow(): void } } {
  const tries: number[] = [];
  return { window: new EventTarget(), document: new Page(), tries, target: { retryNow: () => tries.push(1) } };
}

describe('retryWhenOnline', () => {
  it('tries again when the network is back, and when the page is looked at', () => {
    const { window, document, tries, target } = pageLab();
    retryWhenOnline(target, { window, document });
    expect(tries).toHaveLength(0);
    window.dispatchEvent(new Event('online'));
    expect(tries).toHaveLength(1);
    document.turn('visible');
    expect(tries).toHaveLength(2);
    document.turn('hidden');
    window.dispatchEvent(new Event('offline'));
    expect(tries).toHaveLength(2);
  });

  it('ends by unsubscribing', () => {
    const { window, document, tries, target } = pageLab();
    retryWhenOnline(target, { window, document }).unsubscribe();
    window.dispatchEvent(new Event('online'));
    document.turn('visible');
    expect(tries).toHaveLength(0);
  });

  it('listens to the platform, where that tells of such things', () => {
    const { window, document, tries, target } = pageLab();
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
    vi.stubGlobal('document', document);
    onTestFinished(() => void vi.unstubAllGlobals());
    retryWhenOnline(target);
    window.dispatchEvent(new Event('online'));
    document.turn('visible');
    expect(tries).toHaveLength(2);
  });

  it('does nothing where there are no such events', () => {
    const { tries, target } = pageLab();
    retryWhenOnline(target).unsubscribe();
    expect(tries).toHaveLength(0);
  });

  it('ends the delay of an endpoint', () => {
    const { window } = pageLab();
    const { feed, sockets, clock } = socketLab();
    const address = endpoint(feed, { clock, retry: { delay: 60_000 } });
    const events = record(address);
    retryWhenOnline(address, { window });
    sockets[0]!.shut(1006);
    clock.advance(10);
    window.dispatchEvent(new Event('online'));
    expect(sockets).toHaveLength(2);
    events.stop();
  });

  it('ends the delays of all endpoints that a pool has at the time', () => {
    const { window } = pageLab();
    const labs = [socketLab({ address: 'a' }), socketLab({ address: 'b' })];
    const { clock } = labs[0]!;
    const pool = createPool(
      labs.map(({ feed }) => feed),
      { clock, minPerEndpoint: 1, retry: { delay: 60_000 } },
    );
    retryWhenOnline(pool, { window });
    clock.advance(0);
    for (const { sockets } of labs) sockets[0]!.shut(1006);
    clock.advance(10);
    window.dispatchEvent(new Event('online'));
    expect(labs.map(({ sockets }) => sockets.length)).toEqual([2, 2]);
  });
});
