import { rule } from './breach.js';
import type { World } from './world.js';

/** What must hold of the endpoints between two steps. */
export function checkMany({ pool, source, ledger, clients, settings }: World): void {
  const { endpoints, slots } = pool;
  if (settings.many === undefined) return;
  ledger.books.check(endpoints, clients.isPoolClosing);
  if (source === undefined) return;
  const addresses = endpoints.map(({ address }) => address);
  source.check(addresses);
  const stray = slots.find(({ state, endpoint }) => isKept(state) && !addresses.includes(endpoint));
  rule(
    stray === undefined,
    'nothing is kept at an address that is not named',
    () => `${stray?.state} ${stray?.endpoint}`,
  );
}

/** What must hold of them once nothing is about to happen. */
export function checkTrials({ clock, clients, ledger, pool, settings }: World): void {
  if (clients.isPoolClosing) return;
  ledger.books.checkReturns(clock.now());
  // Where ejections are never ignored, and nobody is known to want this one.
  if (settings.many?.ejection?.panic !== 0 || clients.in('waiting', ({ takesAny }) => !takesAny).length > 0) return;
  for (const { address, idle } of pool.endpoints) {
    const isOut = ledger.books.verdictOf(address) === 'ejected';
    rule(!isOut || idle === 0, 'nothing stays idle at an endpoint that is ejected', () => address);
  }
}

function isKept(state: string): boolean {
  return state === 'idle' || state === 'checking' || state === 'connecting';
}
