import { rule } from './breach.js';
import type { Clock, Rate } from '../../src/index.js';
import type { Settings } from './settings.js';

/** What a computer makes of a third. */
const HAIR = 1e-6;

/** Keeps account of what happens at a rate, for each of several. */
export class RateBook {
  private readonly accounts = new Map<string, { left: number; at: number }>();

  constructor(
    private readonly rate: Rate,
    private readonly name: string,
    private readonly now: () => number,
  ) {}

  took(one: string): void {
    const account = this.at(one);
    rule(account.left >= 1 - HAIR, this.name, () => `${one} with ${account.left} left at ${account.at}`);
    account.left--;
  }

  gaveBack(one: string): void {
    this.at(one).left++;
  }

  private at(one: string): { left: number; at: number } {
    const { perSecond, burst = Math.max(1, perSecond) } = this.rate;
    const now = this.now();
    const { left, at } = this.accounts.get(one) ?? { left: burst, at: now };
    const account = { left: Math.min(burst, left + ((now - at) * perSecond) / 1_000), at: now };
    this.accounts.set(one, account);
    return account;
  }
}

/** How often each address is dialled, where there is one gate for each. */
export function dialBook({ many, ownEndpoints, budget }: Settings, clock: Clock): RateBook | undefined {
  if (many?.connectRate === undefined || many.source !== 'none') return undefined;
  if (budget !== Infinity && !ownEndpoints) return undefined;
  return new RateBook(many.connectRate, 'no address is dialled faster than connectRate', () => clock.now());
}
