import { expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { describeError } from '../../src/endpoint/describe-error.js';

it('describeError returns a string whatever the message is', () => {
  expect(typeof describeError(Object.assign(new Error(), { message: { code: 5 } }))).toBe('string');
});

it('an error whose message is no string does not make the error that has it as its cause fail', () => {
  const cause = Object.assign(new Error(), { message: Object.create(null) as unknown });
  expect(() => new ConnectionLostError('a:1', cause)).not.toThrow();
});
