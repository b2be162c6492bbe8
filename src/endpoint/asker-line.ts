import type { Asker } from './asker.js';

/** Those who wait for a turn, first come first served. */
export class AskerLine {
  private readonly askers = new Set<Asker>();
  private keepingAlive = 0;
  /** Whether somebody in line may be urgent; spares the others from being asked. */
  private hurried = false;

  get size(): number {
    return this.askers.size;
  }

  get first(): Asker | undefined {
    const [first] = this.askers;
    return first;
  }

  /** Whether somebody in line keeps the process alive. */
  get keepsAlive(): boolean {
    return this.keepingAlive > 0;
  }

  /** The first in line for whom a borrower waits. */
  get firstUrgent(): Asker | undefined {
    if (!this.hurried) return undefined;
    for (const asker of this.askers) if (asker.urgent()) return asker;
    this.hurried = false;
    return undefined;
  }

  /** Puts the asker at the end, or leaves it where it stands. */
  join(asker: Asker): void {
    this.hurried ||= asker.urgent();
    if (this.askers.has(asker)) return;
    this.askers.add(asker);
    if (asker.keepsAlive) this.keepingAlive++;
  }

  leave(asker: Asker): void {
    if (!this.askers.delete(asker)) return;
    if (asker.keepsAlive) this.keepingAlive--;
  }

  snapshot(): Asker[] {
    return [...this.askers];
  }
}
