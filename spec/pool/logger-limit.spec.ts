import { describe, expect, it } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { logEvents } from '../../src/pool/event-log.js';

const START = 1_000_000;
const WINDOW = 10_000;

/** A log whose events the test makes. */
function log(): { lines: string[]; tell: (event: PoolEvent) => void; levels: string[] } {
  const lines: string[] = [];
  const levels: string[] = [];
  const at = (level: string) => (line: string) => {
    levels.push(level);
    lines.push(line);
  };
  const listeners: ((event: PoolEvent) => void)[] = [];
  const events = {
    listen: (listener: (event: PoolEvent) => void) => {
      listeners.push(listener);
      return () => {};
    },
  };
  logEvents(events, 'cache', { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
  const tell = (event: PoolEvent): void => {
    for (const listener of listeners) listener(event);
  };
  return { lines, levels, tell };
}

const connecting = (at: number, endpoint = 'a:1'): PoolEvent => ({ type: 'connecting', endpoint, slot: 0, at });
const failed = (at: number, endpoint = 'a:1'): PoolEvent => ({
  type: 'failed',
  endpoint,
  slot: 0,
  error: 'refused',
  at,
});
const queued = (at: number): PoolEvent => ({ type: 'queued', waiting: 1, at });

describe('an endpoint that flaps', () => {
  it('gets five lines of a type, and the number of the others with the first event of the next window', () => {
    const { lines, levels, tell } = log();
    for (let i = 0; i < 42; i++) tell(failed(START + i));
    expect(lines).toEqual(Array.from({ length: 5 }, () => 'pool cache: failed a:1 #0: refused'));
    tell(failed(START + WINDOW - 1));
    expect(lines).toHaveLength(5);
    tell(queued(START + WINDOW));
    expect(lines.slice(5)).toEqual(['pool cache: failed a:1, and 38 more', 'pool cache: queued, 1 waiting']);
    expect(levels).toEqual([...Array.from({ length: 6 }, () => 'warn'), 'debug']);
  });

  it('gets five more in the next window, which begins with its first event', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 6; i++) tell(failed(START));
    const next = START + 5 * WINDOW + 500;
    for (let i = 0; i < 6; i++) tell(failed(next));
    tell(failed(next + WINDOW - 1));
    expect(lines.slice(5)).toEqual([
      'pool cache: failed a:1, and 1 more',
      ...Array.from({ length: 5 }, () => 'pool cache: failed a:1 #0: refused'),
    ]);
    tell(failed(next + WINDOW));
    expect(lines.slice(11)).toEqual(['pool cache: failed a:1, and 2 more', 'pool cache: failed a:1 #0: refused']);
  });

  it('hides neither its other events nor those of another endpoint', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 6; i++) tell(failed(START));
    tell(connecting(START));
    tell(failed(START, 'b:2'));
    expect(lines.slice(5)).toEqual(['pool cache: connecting a:1 #0', 'pool cache: failed b:2 #0: refused']);
  });

  it('leaves nothing to tell when it has stayed within five', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 5; i++) tell(failed(START));
    tell(queued(START + WINDOW));
    expect(lines).toHaveLength(6);
  });

  it('has all of them told, of each type and endpoint, when the pool has closed, before the last line', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 7; i++) {
      tell(connecting(START));
      tell(failed(START));
      tell(failed(START, 'b:2'));
    }
    tell({ type: 'closing', at: START });
    tell({ type: 'drained', at: START });
    expect(lines.slice(15)).toEqual([
      'pool cache: closing',
      'pool cache: connecting a:1, and 2 more',
      'pool cache: failed a:1, and 2 more',
      'pool cache: failed b:2, and 2 more',
      'pool cache: drained',
    ]);
  });
});

describe('events of the queue', () => {
  it('are held back too', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 1_000; i++) tell(queued(START));
    tell({ type: 'drained', at: START });
    expect(lines.slice(5)).toEqual(['pool cache: queued, and 995 more', 'pool cache: drained']);
  });
});

describe('more endpoints than can be counted apart', () => {
  it('share what is left, and no event is left uncounted', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 2_000; i++) tell(failed(START, `host-${i}:1`));
    for (let i = 0; i < 10; i++) tell(failed(START, 'host-0:1'));
    tell(queued(START));
    expect(lines).toHaveLength(1_000 + 5 + 4 + 1);
    tell({ type: 'drained', at: START });
    expect(lines.slice(1_010)).toEqual([
      'pool cache: failed host-0:1, and 6 more',
      'pool cache: failed elsewhere, and 995 more',
      'pool cache: drained',
    ]);
  });

  it('are counted apart again in the next window', () => {
    const { lines, tell } = log();
    for (let i = 0; i < 1_010; i++) tell(failed(START, `host-${i}:1`));
    tell(failed(START + WINDOW, 'host-1009:1'));
    expect(lines.slice(1_005)).toEqual([
      'pool cache: failed elsewhere, and 5 more',
      'pool cache: failed host-1009:1 #0: refused',
    ]);
  });
});

it('one line that cannot be written takes no other with it', () => {
  const written: string[] = [];
  const listeners: ((event: PoolEvent) => void)[] = [];
  const listen = (listener: (event: PoolEvent) => void): (() => void) => {
    listeners.push(listener);
    return () => {};
  };
  const print = (line: string): void => {
    if (line.includes('a:1')) throw new Error('disk full');
    written.push(line);
  };
  logEvents({ listen }, 'cache', { print });
  for (let i = 0; i < 6; i++) {
    listeners[0]!(failed(START));
    listeners[0]!(failed(START, 'b:2'));
  }
  listeners[0]!({ type: 'drained', at: START });
  expect(written.slice(5)).toEqual(['pool cache: failed b:2, and 1 more', 'pool cache: drained']);
});
