import type { Planned } from './plan.js';

/** At least this many ms between two lines about the same case. */
const EVERY = 5_000;

/** Says on stderr how far the run is, and how long it will still take at the pace so far. */
export class Progress {
  private readonly startedAt = performance.now();
  private done = 0;
  private count = 0;
  private current: Planned | undefined;
  private toldAt = 0;

  constructor(
    private readonly chosen: readonly Planned[],
    private readonly quick: boolean,
  ) {}

  begin(planned: Planned): void {
    this.current = planned;
    this.count++;
    this.tell(0);
  }

  advance(share: number): void {
    if (performance.now() - this.toldAt > EVERY && share < 1) this.tell(share);
  }

  end(): void {
    if (this.current !== undefined) this.done += this.planned(this.current);
    this.current = undefined;
  }

  spent(): string {
    return `${((performance.now() - this.startedAt) / 1000).toFixed(0)} s`;
  }

  private tell(share: number): void {
    if (this.current === undefined) return;
    this.toldAt = performance.now();
    const total = this.chosen.reduce((sum, planned) => sum + this.planned(planned), 0);
    const planned = this.done + share * this.planned(this.current);
    const spent = (this.toldAt - this.startedAt) / 1000;
    // Before much of the plan is done its pace says little.
    const pace = planned > 5 ? spent / planned : 1;
    const left = Math.ceil((total - planned) * pace);
    const at = `${String(this.count)}/${String(this.chosen.length)} ${this.current.name}`;
    process.stderr.write(`${at.padEnd(20)} ${(share * 100).toFixed(0).padStart(3)} %, about ${String(left)} s left\n`);
  }

  private planned({ seconds, quickSeconds }: Planned): number {
    return this.quick ? quickSeconds : seconds;
  }
}
