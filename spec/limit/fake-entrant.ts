import type { Entrant, Limit } from '../../src/limit/limit.js';

/** Somebody in line, who notes when it has leave. */
export class FakeEntrant implements Entrant {
  before: Entrant | undefined;
  after: Entrant | undefined;
  /** How often it was told that it has leave. */
  told = 0;

  constructor(private readonly then: () => void = () => undefined) {}

  admitted(): void {
    this.told++;
    this.then();
  }
}

/** Several of one key ask, one after the other, and note their number when they have leave, those who have it at once too. */
export function askMany(limit: Limit, key: string, count: number, served: string[]): FakeEntrant[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${key}${i}`;
    const entrant = new FakeEntrant(() => served.push(name));
    if (limit.enter(key, entrant)) served.push(name);
    return entrant;
  });
}
