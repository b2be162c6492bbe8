import { Subscription, type ObservableInput } from 'rxjs';
import { expect, it } from 'vitest';
import { settleAnswer } from '../../src/pool/settle-answer.js';

/** What hooks that are written in JavaScript may well say. */
const VAGUE: readonly unknown[] = [undefined, null, 1, 'yes', {}];

it.each(VAGUE)('takes nothing but true for a yes: %j at once', (vague) => {
  expect(settleAnswer([vague] as ObservableInput<boolean>, () => undefined)).toBe(false);
});

it.each(VAGUE)('takes nothing but true for a yes: %j later', async (vague) => {
  const told = await new Promise((resolve) => {
    const answer = Promise.resolve(vague) as ObservableInput<boolean>;
    expect(settleAnswer(answer, resolve)).toBeInstanceOf(Subscription);
  });
  expect(told).toBe(false);
});
