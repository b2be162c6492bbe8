import { describe, expect, it } from 'vitest';
import { AskerLine } from '../../src/endpoint/asker-line.js';
import type { Asker } from '../../src/endpoint/asker.js';

/** Somebody in line who counts how often it is asked whether it is in a hurry. */
class LineAsker implements Asker {
  keepsAlive = true;
  isUrgent = false;
  questions = 0;

  urgent(): boolean {
    this.questions++;
    return this.isUrgent;
  }

  turn(): void {}
  gaveUp(): void {}
}

/** How often all of them were asked during `body`. */
function questionsIn(askers: readonly LineAsker[], body: () => void): number {
  const sum = (): number => askers.reduce((all, { questions }) => all + questions, 0);
  const before = sum();
  body();
  return sum() - before;
}

describe('a line of askers', () => {
  it('keeps the process alive no longer for somebody who joined twice and left', () => {
    const line = new AskerLine();
    const asker = new LineAsker();
    line.join(asker);
    line.join(asker);
    expect(line).toMatchObject({ size: 1, keepsAlive: true });
    line.leave(asker);
    expect(line).toMatchObject({ size: 0, keepsAlive: false });
  });

  it('asks nobody anew while no one in it has been in a hurry', () => {
    const line = new AskerLine();
    const askers = Array.from({ length: 10 }, () => new LineAsker());
    for (const asker of askers) line.join(asker);
    expect(questionsIn(askers, () => line.firstUrgent)).toBe(0);
  });

  it('asks all of them once, and then nobody, when the hurry is over', () => {
    const line = new AskerLine();
    const askers = Array.from({ length: 10 }, () => new LineAsker());
    askers[5]!.isUrgent = true;
    for (const asker of askers) line.join(asker);
    expect(line.firstUrgent).toBe(askers[5]);
    askers[5]!.isUrgent = false;
    expect(questionsIn(askers, () => line.firstUrgent)).toBe(10);
    expect(questionsIn(askers, () => line.firstUrgent)).toBe(0);
  });
});
