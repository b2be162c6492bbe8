/**
 * What became of the requests. Each number is counted where the thing happens, none is worked out from the others: so the sum at the end
 * proves that every request ended, and only once.
 */
export class Tally {
  sent = 0;
  answered = 0;
  /** Failed for good, after the last retry. */
  lost = 0;
  /** Given up by us, at the end of the demo. */
  cancelled = 0;
  /** Second and further attempts at a request. */
  retries = 0;

  get balances(): boolean {
    return this.sent === this.answered + this.lost + this.cancelled;
  }
}
