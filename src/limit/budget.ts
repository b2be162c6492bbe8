import { Observable, type Subscriber } from 'rxjs';
import { checkConfig, type Rule } from '../endpoint/check-config.js';
import { Account } from './account.js';
import type { BudgetMember } from './budget-member.js';
import type { BudgetPicture } from './budget-picture.js';
import { Evictions } from './evictions.js';
import { PermitRequest } from './permit-request.js';
import type { Permit } from './permit.js';
import { RequestLine } from './request-line.js';
import { reserveRules, type ReserveOptions } from './reserve-options.js';

/** A limit on open sockets that several pools share. Made by {@link budget}. */
export interface Budget {
  readonly picture: BudgetPicture;
  /**
   * Takes part: the member's idle connections may be closed for others, and its requests are counted under its name. Returns how to leave;
   * who leaves withdraws its requests and gives back its permits itself.
   */
  join(member: BudgetMember): () => void;
  /** One permit, now or when one is free, then complete. Unsubscribing withdraws the request; a permit already given is its holder's. */
  reserve(options?: ReserveOptions): Observable<Permit>;
  /** A member's connection has become idle: if somebody waits urgently, the longest idle one is closed for it. Costs nothing else. */
  offer(): void;
  /**
   * A member's connection has come back, and its own borrowers wait for it: whether it is to be closed all the same, for somebody who waits
   * urgently and holds fewer permits. A yes is a promise to close it.
   */
  owes(member: BudgetMember): boolean;
}

const budgetRules: Readonly<Record<'limit', Rule>> = { limit: { integer: [1, Number.MAX_SAFE_INTEGER] } };

/**
 * Never more than `limit` sockets open at once, over all pools that share it and all other code that reserves permits. A permit is held
 * from before dialling until the socket has closed.
 *
 * A request gets its permit within the subscribe if one is free and nobody is ahead. Otherwise it waits: urgent requests go first, and among
 * equals each holder has its turn. For an urgent request that must wait, the longest idle connection of any member is closed.
 *
 * @example
 * ```ts
 * import { connect } from 'node:net';
 * import { budget } from 'rxpool';
 *
 * const sockets = budget({ limit: 100 });
 *
 * sockets.reserve().subscribe({
 *   next: (permit) => {
 *     const socket = connect(11211);
 *     socket.on('error', report);
 *     socket.on('close', () => permit.release());
 *   },
 *   error: report,
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function budget(config: { readonly limit: number }): Budget {
  checkConfig('budget', config, budgetRules);
  if ((config as Partial<typeof config> | undefined)?.limit === undefined) {
    throw new TypeError('budget: limit is missing; it is how many sockets may be open at once');
  }
  return new SharedBudget(config.limit);
}

class SharedBudget implements Budget {
  private used = 0;
  private readonly urgent = new RequestLine();
  private readonly patient = new RequestLine();
  private readonly accounts = new Map<BudgetMember, Account>();
  private readonly nameless = new Account(undefined);
  private readonly evictions = new Evictions();
  private isSettling = false;

  constructor(private readonly limit: number) {}

  get picture(): BudgetPicture {
    const members = Array.from(this.accounts, ([{ name }, { used, waiting }]) => ({ name, used, waiting }));
    return { limit: this.limit, used: this.used, waiting: this.urgent.size + this.patient.size, members };
  }

  join(member: BudgetMember): () => void {
    if (typeof (member as Partial<BudgetMember> | undefined)?.evict !== 'function') {
      throw new TypeError('join: pass a member: its name, idleSince, and evict()');
    }
    const account = this.accountOf(member);
    account.joins++;
    this.settle();
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      account.joins--;
      this.forget(account);
    };
  }

  reserve(options: ReserveOptions = {}): Observable<Permit> {
    checkConfig('reserve', options, reserveRules);
    const { urgent = true, holder } = options;
    return new Observable<Permit>((subscriber) => {
      // It would be given to nobody.
      if (subscriber.closed) return;
      const account = this.accountOf(holder);
      const isFirst = this.urgent.size === 0 && (urgent || this.patient.size === 0);
      if (isFirst && this.used < this.limit) {
        this.grant(account, subscriber);
        return;
      }
      const line = urgent ? this.urgent : this.patient;
      const request = new PermitRequest(account, subscriber);
      subscriber.add(() => {
        if (line.remove(request)) this.over(account);
      });
      line.push(request);
      account.waiting++;
      if (urgent) this.evictions.wanted(line.waitedFor);
      this.settle();
    });
  }

  offer(): void {
    if (this.urgent.size > 0) this.settle();
  }

  owes(member: BudgetMember): boolean {
    const account = this.accounts.get(member);
    if (account === undefined || !this.urgent.isWaitedForBelow(account)) return false;
    return this.evictions.charge(account, this.urgent.waitedFor);
  }

  /** Serves whoever can be served; then asks for what others wait for. Whatever that sets off is served in the same loop. */
  private settle(): void {
    if (this.isSettling) return;
    this.isSettling = true;
    do this.serve();
    while (this.evictions.ask(this.accounts.values(), this.urgent.waitedFor) || this.canServe);
    this.isSettling = false;
  }

  private get canServe(): boolean {
    return this.used < this.limit && this.urgent.size + this.patient.size > 0;
  }

  private serve(): void {
    while (this.used < this.limit) {
      const request = this.urgent.shift() ?? this.patient.shift();
      if (request === undefined) return;
      request.account.waiting--;
      this.grant(request.account, request.subscriber);
    }
  }

  private grant(account: Account, subscriber: Subscriber<Permit>): void {
    this.used++;
    account.used++;
    subscriber.next(new OnePermit(account, this.giveBack));
    subscriber.complete();
  }

  private readonly giveBack = (account: Account): void => {
    this.used--;
    account.used--;
    this.evictions.released(account);
    this.forget(account);
    this.settle();
  };

  /** A request has been withdrawn. */
  private over(account: Account): void {
    account.waiting--;
    this.forget(account);
  }

  private accountOf(member: BudgetMember | undefined): Account {
    if (member === undefined) return this.nameless;
    let account = this.accounts.get(member);
    if (account === undefined) this.accounts.set(member, (account = new Account(member)));
    return account;
  }

  private forget(account: Account): void {
    if (account.member !== undefined && account.isEmpty) this.accounts.delete(account.member);
  }
}

class OnePermit implements Permit {
  private isOut = true;

  constructor(
    private readonly account: Account,
    private readonly giveBack: (account: Account) => void,
  ) {}

  release(): void {
    if (!this.isOut) return;
    this.isOut = false;
    this.giveBack(this.account);
  }
}
