import { describe, expect, it, vi } from 'vitest';
import { StatusSource } from '../../src/endpoint/status-source.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { record } from './record.js';

describe('a status', () => {
  it('is told to nobody who has stopped watching', () => {
    const source = new StatusSource(new VirtualClock());
    const [left, stays] = [vi.fn(), vi.fn()];
    const leave = source.watch(left);
    source.watch(stays);
    leave();
    source.set('connecting', undefined, undefined);
    expect(left).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledOnce();
  });

  it('has neither error nor next attempt where there is none', () => {
    const { transport, connection } = fakeEndpoint();
    expect(connection.status).toStrictEqual({ state: 'idle', since: 1_000_000 });
    record(connection);
    transport.last.accept();
    expect(connection.status).toStrictEqual({ state: 'up', since: 1_000_000 });
  });
});

describe('whoever leaves when told of a failure', () => {
  it('is not in line for another attempt', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    record(connection, ({ type }, recording) => {
      if (type === 'failed') recording.stop();
    });
    transport.last.refuse();
    expect(clock.pending).toBe(0);
  });
});

describe('a delay function with a property of its own called duration', () => {
  it('is a delay function', () => {
    const delay = Object.assign(() => [0], { duration: 5 });
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay } });
    record(connection);
    transport.last.refuse();
    clock.advance(1);
    expect(transport.opens).toHaveLength(2);
  });
});
