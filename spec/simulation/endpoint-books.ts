import type { EndpointView, PoolEvent } from '../../src/index.js';
import { rule } from './breach.js';
import type { Settings } from './settings.js';

/** Less than any endpoint. */
const HAIR = 1e-9;

/** What the events have said of one endpoint, from when the pool got it. */
interface Page {
  leases: number;
  successes: number;
  failures: number;
  ejections: number;
  verdict: 'in' | 'ejected' | 'probing';
  /** When its ejection is over. */
  until: number;
  /** Until when the borrower who tries it keeps others away. */
  triedUntil: number;
}

function newPage(): Page {
  return { leases: 0, successes: 0, failures: 0, ejections: 0, verdict: 'in', until: 0, triedUntil: -Infinity };
}

/** Keeps the books of each endpoint, and what they must add up to. */
export class EndpointBooks {
  /** How many there have been. */
  count: number;
  private readonly pages: Map<string, Page>;
  /** The page of the connection in each slot, and its loans. */
  private readonly slots: { page: Page; loans: number }[] = [];

  constructor(
    views: readonly EndpointView[],
    private readonly settings: Settings,
  ) {
    this.pages = new Map(views.map(({ address }) => [address, newPage()]));
    this.count = views.length;
  }

  verdictOf(address: string): Page['verdict'] {
    return this.pages.get(address)?.verdict ?? 'in';
  }

  /** Somebody tries an endpoint that is probing. False while it is being tried by somebody else. */
  tries(address: string, now: number): boolean {
    const page = this.pages.get(address);
    if (page?.verdict !== 'probing') return true;
    if (now < page.triedUntil) return false;
    page.triedUntil = now + (this.settings.many?.ejection?.baseTime ?? 0);
    return true;
  }

  follow(event: PoolEvent): void {
    if ('slot' in event) this.followSlot(event);
    else if (event.type === 'added') {
      rule(!this.pages.has(event.endpoint), 'what is added was not there');
      this.pages.set(event.endpoint, newPage());
      this.count++;
    } else if (event.type === 'removed') {
      rule(this.pages.delete(event.endpoint), 'what is removed was there');
    } else if (event.type === 'ejected' || event.type === 'probing' || event.type === 'readmitted') {
      this.followVerdict(event);
    }
  }

  /** What is known of the endpoints now must be what was told. */
  check(views: readonly EndpointView[], isClosing: boolean): void {
    const { pages } = this;
    rule(views.length === pages.size, 'endpoints come and go as it is told');
    const isExact = this.settings.pool.concurrency === 1 && !isClosing;
    for (const { address, leases, successes, failures, ejections, state } of views) {
      const page = pages.get(address);
      rule(page !== undefined, 'endpoints come and go as it is told', () => address);
      if (page === undefined) continue;
      const told = [page.leases, page.successes, page.ejections, ...(isExact ? [page.failures] : [])];
      const counted = [leases, successes, ejections, ...(isExact ? [failures] : [])];
      rule(
        told.join() === counted.join(),
        'the totals of an endpoint are what was told',
        () => `${address}: told ${told.join()}, counted ${counted.join()}`,
      );
      rule((page.verdict === 'in') === (state !== 'ejected'), 'an endpoint is out when it is told so', () => address);
    }
    const isAllOut = views.length > 0 && views.every(({ state }) => state === 'ejected');
    rule(!isAllOut, 'never all endpoints are out');
  }

  /** Once nothing is about to happen: whose ejection is over is tried. */
  checkReturns(now: number): void {
    for (const [address, { verdict, until }] of this.pages) {
      const isLate = verdict === 'ejected' && now > until;
      rule(!isLate, 'an ejected endpoint is tried when its time is over', () => `${address}, ${until}, now ${now}`);
    }
  }

  private followVerdict(event: Extract<PoolEvent, { type: 'ejected' | 'probing' | 'readmitted' }>): void {
    const { type, endpoint, at } = event;
    const page = this.pages.get(endpoint);
    rule(page !== undefined, 'only what the pool has is judged', () => `${type} ${endpoint}`);
    if (page === undefined) return;
    const { verdict, until } = page;
    page.triedUntil = -Infinity;
    if (type === 'ejected') {
      rule(verdict !== 'ejected', 'who is ejected was not', () => endpoint);
      page.ejections++;
      page.verdict = 'ejected';
      page.until = at + event.duration;
      this.checkShare();
    } else if (type === 'probing') {
      rule(verdict === 'ejected' && at >= until - HAIR, 'an ejection is over when its time is', () => endpoint);
      page.verdict = 'probing';
    } else {
      rule(verdict !== 'in', 'who is readmitted was out', () => endpoint);
      page.verdict = 'in';
    }
  }

  private checkShare(): void {
    const { size } = this.pages;
    const out = [...this.pages.values()].filter(({ verdict }) => verdict !== 'in').length;
    const share = Math.floor(size * (this.settings.many?.ejection?.maxEjected ?? 0) + HAIR);
    const most = Math.min(size - 1, Math.max(1, share));
    rule(out <= most, 'no more endpoints are out than may be', () => `${out} of ${size}, at most ${most}`);
  }

  private followSlot(event: Extract<PoolEvent, { readonly slot: number }>): void {
    if (event.type === 'connecting') {
      this.slots[event.slot] = { page: this.pages.get(event.endpoint) ?? newPage(), loans: 0 };
      rule(this.pages.has(event.endpoint), 'only what the pool has is dialled', () => event.endpoint);
    }
    const slot = this.slots[event.slot];
    if (slot === undefined) return;
    const { page } = slot;
    if (event.type === 'borrowed') this.add(slot, 1);
    else if (event.type === 'released' || event.type === 'destroyed' || event.type === 'detached') {
      this.add(slot, -1);
      if (event.type === 'released') page.successes++;
      else if (event.type === 'destroyed' && event.error !== undefined) page.failures++;
      else page.triedUntil = -Infinity;
    } else if (event.type === 'lost') {
      if (slot.loans > 0) page.failures++;
      this.add(slot, -slot.loans);
    }
  }

  private add(slot: { page: Page; loans: number }, loans: number): void {
    slot.loans += loans;
    slot.page.leases += loans;
  }
}
