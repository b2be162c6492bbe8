import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError } from '../../src/index.js';
import type { EndpointStatus } from '../../src/endpoint/endpoint-status.js';

const [OLD, NEW] = [new Error('old'), new Error('new')];
const old: EndpointStatus = { state: 'down', since: 5, error: OLD };
const recent: EndpointStatus = { state: 'down', since: 9, error: NEW };
const well: EndpointStatus = { state: 'up', since: 20 };

/** The error where the endpoints of a pool have these statuses. */
function timeoutAt(...statuses: readonly EndpointStatus[]): AcquireTimeoutError {
  const endpoints = statuses.map((status, index) => ({ address: `e${index}`, status }));
  const counts = { lent: 1, idle: 2, checking: 3, connecting: 4, waiting: 5 };
  return new AcquireTimeoutError({ pool: 'shop', waited: 12.4, max: 9, ...counts, endpoints, holders: [] });
}

describe('the cause of an AcquireTimeoutError', () => {
  it.each([
    ['the latest error, wherever its endpoint stands', [old, recent], NEW],
    ['the latest error, wherever its endpoint stands', [recent, old], NEW],
    ['the only error, also where another endpoint has changed since', [old, well], OLD],
    ['the only error, also behind an endpoint that is well', [well, old], OLD],
    ['nothing where no endpoint has an error', [well], undefined],
  ])('is %s', (_name, statuses, cause) => {
    expect(timeoutAt(...statuses).cause).toBe(cause);
  });
});

it('an AcquireTimeoutError shows the error of each endpoint that has one', () => {
  expect(timeoutAt(recent, well).message).toBe(
    'pool shop: no connection within 12 ms (1 lent, 2 idle, 3 checking, 4 connecting of 9; 5 more waiting; e0 down (new); e1 up)',
  );
});
