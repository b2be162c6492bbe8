import { expect, it } from 'vitest';
import { RxpoolError } from '../../src/endpoint/rxpool-error.js';

it('an error of the base class has a code of its own, by which it is known', () => {
  const error = new RxpoolError('something', { info: {}, retryable: false });
  expect(error).toMatchObject({ name: 'RxpoolError', code: 'RXPOOL' });
  expect(Symbol.for('rxpool.error.RXPOOL@1') in error).toBe(true);
});
