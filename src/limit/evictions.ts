import type { Account } from './account.js';

/** So many requests must have found evictions in their way before these are given up. */
const PATIENCE = 2;

/**
 * The closing of idle connections for requests that wait: no more under way than requests are waiting.
 *
 * An eviction is over when its member gives a permit back. A member that does not must not hold up requests for ever, so evictions that
 * stand in the way of others are given up, and those who are slow are asked last. Where that was too early, one connection too many is
 * closed; so patience doubles until a member has answered.
 */
export class Evictions {
  /** Who has been asked, once for each connection, in the order of asking. */
  private readonly underWay: Account[] = [];
  /** How many requests have found them in their way since a member has answered. */
  private hindered = 0;
  private patience = PATIENCE;

  /** One of so many requests has just begun to wait. */
  wanted(waiting: number): void {
    if (this.underWay.length < waiting || ++this.hindered < this.patience) return;
    this.patience *= 2;
    for (const slow of this.underWay.splice(0, this.underWay.length - waiting + 1)) {
      slow.isSlow = true;
      slow.evictions--;
    }
  }

  /** Asks for the longest idle connection, if so many requests need it. False if none was asked for. */
  ask(accounts: Iterable<Account>, waiting: number): boolean {
    if (this.underWay.length >= waiting) return false;
    for (const account of byIdleTime(accounts)) {
      // Who was asked before may have changed this.
      if (account.idleSince === undefined) continue;
      account.evictions++;
      this.underWay.push(account);
      if (account.evict()) return true;
      this.end(account);
    }
    return false;
  }

  /** A member closes a connection of its own accord, if so many requests need it. */
  charge(account: Account, waiting: number): boolean {
    if (this.underWay.length >= waiting) return false;
    account.evictions++;
    this.underWay.push(account);
    return true;
  }

  /** A permit has come back. */
  released(account: Account): void {
    account.isSlow = false;
    if (account.evictions === 0) return;
    this.end(account);
    this.hindered = 0;
    this.patience = PATIENCE;
  }

  private end(account: Account): void {
    const index = this.underWay.indexOf(account);
    if (index === -1) return;
    this.underWay.splice(index, 1);
    account.evictions--;
  }
}

/** Those that have something idle, longest idle first. */
function byIdleTime(accounts: Iterable<Account>): Account[] {
  const idle: { readonly account: Account; readonly since: number }[] = [];
  for (const account of accounts) {
    const since = account.idleSince;
    if (since !== undefined) idle.push({ account, since });
  }
  idle.sort((a, b) => Number(a.account.isSlow) - Number(b.account.isSlow) || a.since - b.since);
  return idle.map(({ account }) => account);
}
