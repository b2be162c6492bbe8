import type { PermitRequest } from './permit-request.js';

/** The requests of one holder, first come first served. One may leave from any place at the same small cost. */
export class HolderLine {
  first: PermitRequest | undefined;
  private last: PermitRequest | undefined;

  push(request: PermitRequest): void {
    request.before = this.last;
    if (this.last === undefined) this.first = request;
    else this.last.after = request;
    this.last = request;
  }

  remove(request: PermitRequest): void {
    const { before, after } = request;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
  }
}
