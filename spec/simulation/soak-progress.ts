/** How often a terminal, and a log, is told. */
const EVERY = { terminal: 500, log: 10_000 };

/** Says on stderr how far a soak is, and how long it will still take at its pace. */
export class SoakProgress {
  private readonly startedAt = performance.now();
  private done = 0;
  private breaches = 0;
  private toldAt = -Infinity;

  constructor(
    private readonly seeds: number,
    private readonly steps: number,
  ) {}

  advance(seeds: number, breaches: number): void {
    this.done += seeds;
    this.breaches += breaches;
    const now = performance.now();
    const isTerminal = process.stderr.isTTY;
    if (now - this.toldAt < (isTerminal ? EVERY.terminal : EVERY.log) && this.done < this.seeds) return;
    this.toldAt = now;
    const left = (this.spent / this.done) * (this.seeds - this.done);
    const text = `${say(this.done)} of ${say(this.seeds)} seeds, ${say(this.done * this.steps)} steps, ${say(this.breaches)} in breach, ${minutes(this.spent)} spent, about ${minutes(left)} left`;
    process.stderr.write(isTerminal ? `\r\u001b[K${text}${this.done === this.seeds ? '\n' : ''}` : `${text}\n`);
  }

  /** In seconds. */
  get spent(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }
}

/** Minutes and seconds. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function say(number: number): string {
  return number.toLocaleString('en');
}
