/** The way between a server and everybody who talks to it. While it is closed, what would arrive is kept back in order. */
export class Path {
  private held: (() => void)[] = [];
  private isClosed = false;

  /** Something has got to its end. */
  arrive(message: () => void): void {
    if (this.isClosed || this.held.length > 0) this.held.push(message);
    else message();
  }

  close(): void {
    this.isClosed = true;
  }

  /** Lets through what was kept back; it may close again meanwhile. */
  open(): void {
    this.isClosed = false;
    for (let message = this.next(); message !== undefined; message = this.next()) message();
  }

  private next(): (() => void) | undefined {
    return this.isClosed ? undefined : this.held.shift();
  }
}
