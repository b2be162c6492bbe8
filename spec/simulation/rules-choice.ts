import { consistentHash, type Candidate } from '../../src/balance/index.js';
import { rule } from './breach.js';
import type { Client } from './client.js';
import type { World } from './world.js';

type View = World['pool']['endpoints'][number];

/** Whether there is reason to send borrowers there. */
export function isGood({ state }: View): boolean {
  return state !== 'down' && state !== 'failed' && state !== 'ejected';
}

export function isEjected({ pool, settings }: World, address: string): boolean {
  if (settings.many?.ejection === undefined) return false;
  return pool.endpoints.some((one) => one.address === address && one.state === 'ejected');
}

/** Whether so few endpoints are good that ejections are ignored. */
function isPanic({ pool, settings }: World): boolean {
  const { endpoints } = pool;
  return endpoints.filter(isGood).length < (settings.many?.ejection?.panic ?? 0) * endpoints.length;
}

/** Somebody gets a connection of an endpoint: it must be one that whoever takes any may have. */
export function checkChoice(world: World, client: Client, address: string): void {
  if (!isEjected(world, address)) return;
  const { books } = world.ledger;
  const verdict = books.verdictOf(address);
  const isFirst = books.tries(address, world.clock.now());
  if (!client.takesAny || !client.standsInLine || isPanic(world)) return;
  rule(verdict !== 'ejected', 'who takes any endpoint is not sent to one that is ejected', () => client.name);
  rule(verdict !== 'probing' || isFirst, 'one borrower at a time tries an endpoint', () => client.name);
}

/** The endpoint that a key has, if no bound of its load sends it elsewhere. */
export function homeOf({ pool, settings }: World, key: string): string | undefined {
  if (settings.many?.balance !== 'a hash without bounds' || pool.endpoints.length < 2) return undefined;
  const ring = consistentHash({ load: Infinity, points: 20 }).ring?.();
  const candidates = pool.endpoints.map((view): Candidate => ({ ...view, warmth: 1, mark: 0 }));
  const good = new Set(pool.endpoints.filter(isGood).map(({ address }) => address));
  for (const one of candidates) ring?.add(one);
  const home = ring?.locate(key, ({ address }) => good.has(address)) ?? ring?.locate(key, () => true);
  return home?.address;
}
