import { describe, expect, it } from 'vitest';
import type { EndpointStatus } from '../../src/endpoint/endpoint-status.js';
import { combineStatus } from '../../src/pool/pool-status.js';

const [OLD, NEW] = [new Error('old'), new Error('new')];
const idle: EndpointStatus = { state: 'idle', since: 1 };
const connecting: EndpointStatus = { state: 'connecting', since: 2 };
const up: EndpointStatus = { state: 'up', since: 3 };
const recovering: EndpointStatus = { state: 'up', since: 30, error: NEW };
const down: EndpointStatus = { state: 'down', since: 4, error: OLD, nextAttemptAt: 70 };
const downLater: EndpointStatus = { state: 'down', since: 8, error: NEW, nextAttemptAt: 60 };
const failed: EndpointStatus = { state: 'failed', since: 5, error: OLD };

describe('the status of a pool', () => {
  it.each([
    ['idle', [idle, idle]],
    ['connecting', [idle, connecting]],
    ['up', [connecting, up, idle]],
    ['degraded', [up, down]],
    ['degraded', [idle, failed]],
    ['down', [down, failed]],
    ['failed', [failed, failed]],
  ] as const)('is %s', (state, statuses) => {
    expect(combineStatus(statuses, 100).state).toBe(state);
    expect(combineStatus([...statuses].reverse(), 100).state).toBe(state);
  });

  it.each([
    ['the latest error, and the next attempt of all', [down, downLater], { error: NEW, nextAttemptAt: 60 }],
    ['the latest error, wherever it stands', [downLater, down], { error: NEW, nextAttemptAt: 60 }],
    ['only what is wrong with endpoints that are not up', [recovering, down], { error: OLD, nextAttemptAt: 70 }],
    ['no next attempt where there is none', [failed, up], { error: OLD }],
    ['no error where nothing is wrong', [up, recovering], {}],
  ] as const)('has %s', (_what, statuses, details) => {
    const { state, since, ...rest } = combineStatus(statuses, 100);
    expect(rest).toStrictEqual(details);
    expect([state, since]).toEqual([expect.any(String), 100]);
  });

  it('keeps its time while its state is the same, and no longer', () => {
    const before = combineStatus([up], 100);
    expect(combineStatus([up, idle], 200, before).since).toBe(100);
    expect(combineStatus([down], 200, before).since).toBe(200);
  });
});
