import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError, UnavailableError, type PoolPicture } from '../../src/index.js';
import type { EndpointStatus } from '../../src/endpoint/endpoint-status.js';

const [OLD, NEW] = [new Error('old'), new Error('new')];
const old: EndpointStatus = { state: 'down', since: 5, error: OLD };
const recent: EndpointStatus = { state: 'down', since: 9, error: NEW };
const well: EndpointStatus = { state: 'up', since: 20 };

const shaken: EndpointStatus = { state: 'up', since: 20, error: OLD };

/** What a pool is doing whose endpoints have these statuses. */
function pictureAt(...statuses: readonly EndpointStatus[]): PoolPicture {
  const endpoints = statuses.map((status, index) => ({ address: `e${index}`, status }));
  const counts = { lent: 1, leases: 1, idle: 2, checking: 3, connecting: 4, waiting: 5 };
  return { pool: 'shop', waited: 12.4, max: 9, ...counts, endpoints, holders: [] };
}

function timeoutAt(...statuses: readonly EndpointStatus[]): AcquireTimeoutError {
  return new AcquireTimeoutError({ ...pictureAt(...statuses), timeout: 10 });
}

describe('the cause of an AcquireTimeoutError', () => {
  it.each([
    ['the latest error, wherever its endpoint stands', [old, recent], NEW],
    ['the latest error, wherever its endpoint stands', [recent, old], NEW],
    ['the only error, also where another endpoint has changed since', [old, well], OLD],
    ['the only error, also behind an endpoint that is well', [well, old], OLD],
    ['nothing where no endpoint has an error', [well], undefined],
    ['nothing where the endpoint is up again', [shaken], undefined],
    ['that of the endpoint that is down, also where another that is up has a later one', [old, shaken], OLD],
  ])('is %s', (_name, statuses, cause) => {
    expect(timeoutAt(...statuses).cause).toBe(cause);
  });
});

describe('the message of an AcquireTimeoutError', () => {
  const doing = '(1 lent, 2 idle, 3 checking, 4 connecting of 9; 5 more waiting';

  it('shows the error of each endpoint that is not up, and the timeout that was asked for', () => {
    expect(timeoutAt(recent, well).message).toBe(
      `pool shop: no connection within 10 ms ${doing}; e0 down (new); e1 up)`,
    );
  });

  it('shows no error of an endpoint that is up, which `info` has all the same', () => {
    const error = timeoutAt(shaken);
    expect(error.message).toBe(`pool shop: no connection within 10 ms ${doing}; e0 up)`);
    expect(error.info.endpoints).toEqual([{ address: 'e0', status: shaken }]);
  });

  it('names what was wanted, where that was something else', () => {
    const error = new AcquireTimeoutError({ ...pictureAt(well), timeout: 10 }, '1 of 3 connections');
    expect(error.message).toBe(`pool shop: 1 of 3 connections within 10 ms ${doing}; e0 up)`);
    expect(error.info).toMatchObject({ waited: 12.4, timeout: 10 });
  });

  it('names the borrower', () => {
    const error = new AcquireTimeoutError({ ...pictureAt(well), timeout: 10, label: 'import' });
    expect(error.message).toBe(`pool shop: no connection within 10 ms for import ${doing}; e0 up)`);
    expect(error.info.label).toBe('import');
  });
});

it('an UnavailableError names the borrower', () => {
  const error = new UnavailableError({ ...pictureAt(recent), label: 'import' });
  expect(error.message).toContain('pool shop: no endpoint is up for import (1 lent');
  expect(error.info.label).toBe('import');
});
