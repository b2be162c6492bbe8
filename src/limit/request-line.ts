import type { Account } from './account.js';
import { Line } from './line.js';
import type { PermitRequest } from './permit-request.js';

/** Requests of one kind. Each holder has its turn after all others that wait. */
export class RequestLine {
  size = 0;
  /** Whose turn it is stands first. */
  private readonly round = new Map<Account, Line<PermitRequest>>();

  /** Whether somebody waits who would not have more permits than this holder after one of its own had passed over. */
  isWaitedForBelow({ used }: Account): boolean {
    if (this.size === 0) return false;
    for (const other of this.round.keys()) if (other.used + 1 < used && other.isWaitedFor) return true;
    return false;
  }

  /** Requests for which somebody waits. */
  get waitedFor(): number {
    let count = this.size;
    for (const [account, { size }] of this.round) if (!account.isWaitedFor) count -= size;
    return count;
  }

  push(request: PermitRequest): void {
    let line = this.round.get(request.account);
    if (line === undefined) this.round.set(request.account, (line = new Line()));
    line.push(request);
    request.isWaiting = true;
    this.size++;
  }

  /** Takes out the next one. */
  shift(): PermitRequest | undefined {
    const [next] = this.round;
    if (next === undefined) return undefined;
    const [account, line] = next;
    const { first } = line;
    if (first !== undefined) this.remove(first);
    // Behind all others, if it is still there.
    if (this.round.delete(account)) this.round.set(account, line);
    return first;
  }

  /** Takes a request out of any place; one that no longer waits is left alone. */
  remove(request: PermitRequest): boolean {
    if (!request.isWaiting) return false;
    const line = this.round.get(request.account);
    line?.remove(request);
    if (line?.first === undefined) this.round.delete(request.account);
    request.isWaiting = false;
    this.size--;
    return true;
  }
}
