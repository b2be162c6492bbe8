import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NEVER } from 'rxjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DiscoveryError } from '../../src/dns/discovery-error.js';
import type { ServerAddress } from '../../src/dns/server-address.js';
import { transport, type Transport } from '../../src/endpoint/transport.js';
import { fromFile, type FromFileConfig } from '../../src/node/from-file.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { addressesOf, watch } from '../dns/look-ups.js';
import { until } from '../integration/pools.js';
import { newFolder } from './from-file-folder.js';

const INTERVAL = 5_000;

let clock: VirtualClock;
let errors: DiscoveryError[];
let config: { readonly clock: VirtualClock; readonly onError: (error: DiscoveryError) => void };
/** A link in a folder of its own, so that nothing but reading tells of a change of the file that it leads to. */
let path: string;
let file: string;

beforeEach(() => {
  clock = new VirtualClock();
  errors = [];
  config = { clock, onError: (error) => errors.push(error) };
  file = join(newFolder(), 'servers.json');
  path = join(newFolder(), 'link.json');
  symlinkSync(file, path);
});

/** The file has been read, and the source waits. */
const rest = (): Promise<void> => until(() => clock.pending === 1);

async function afterInterval(): Promise<void> {
  clock.advance(INTERVAL);
  await rest();
}

function write(list: unknown): void {
  writeFileSync(file, JSON.stringify(list));
}

describe('the list in a file', () => {
  it('is read once somebody subscribes', async () => {
    write(['a.test:7000', { host: 'b.test', port: 7001, weight: 2, priority: 1 }]);
    const source = fromFile(path, config);
    expect(clock.pending).toBe(0);

    const seen = watch(source);
    await rest();
    expect(addressesOf(seen)).toEqual([['a.test:7000', 'b.test:7001']]);
    expect(seen.values[0]).toMatchObject([{}, { weight: 2, priority: 1 }]);
    expect(seen.values[0]![0]).not.toHaveProperty('weight');
    expect(errors).toEqual([]);
  });

  it('is read every 5 s, and emitted where it has changed', async () => {
    write(['a.test:7000', 'b.test:7000']);
    const seen = watch(fromFile(path, config));
    await rest();
    expect(clock.upcoming.map(({ at }) => at - clock.now())).toEqual([INTERVAL]);

    write(['b.test:7000', { host: 'a.test', port: 7000 }]);
    await afterInterval();
    expect(seen.values).toHaveLength(1);

    write([{ host: 'a.test', port: 7000, weight: 3 }, 'c.test:7000']);
    await afterInterval();
    write([]);
    await afterInterval();
    expect(addressesOf(seen)).toEqual([['a.test:7000', 'b.test:7000'], ['a.test:7000', 'c.test:7000'], []]);
    expect(errors).toEqual([]);
  });

  it('is read in that interval', async () => {
    write(['a.test:7000']);
    watch(fromFile(path, { ...config, interval: 100 }));
    await rest();
    expect(clock.upcoming.map(({ at }) => at - clock.now())).toEqual([100]);
  });

  it('may be named by a URL, or a path from the folder of the process', async () => {
    write(['a.test:7000']);
    for (const name of [pathToFileURL(path), relative(process.cwd(), path)]) {
      const seen = watch(fromFile(name, config));
      await rest();
      expect(addressesOf(seen)).toEqual([['a.test:7000']]);
      seen.stop();
    }
  });

  it('is connected to as the option `transport` says', async () => {
    const asked: ServerAddress[] = [];
    write(['a.test:7000', 'a.test:7000']);
    const seen = watch(
      fromFile(path, {
        ...config,
        transport: (server) => {
          asked.push(server);
          return transport(() => NEVER, { address: `my ${server.host}` });
        },
      }),
    );
    await rest();
    expect(asked).toEqual([{ host: 'a.test', port: 7000, name: 'a.test' }]);
    expect(addressesOf(seen)).toEqual([['my a.test']]);
  });
});

describe('what cannot be read', () => {
  it('is told once, and what is known stays', async () => {
    write(['a.test:7000']);
    const seen = watch(fromFile(path, config));
    await rest();
    writeFileSync(file, '["a.test:7000", "b.t');
    await afterInterval();
    await afterInterval();
    write(['a.test:7000', { host: 'b.test', port: 7000, weight: -1 }]);
    await afterInterval();
    await afterInterval();

    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^fromFile .+link.json: .*JSON.*; the 1 known before stay$/),
      `fromFile ${path}: entry 2 of 2: weight must be a number from 0.001 to 1000000, got -1; the 1 known before stay`,
    ]);
    expect(errors[0]).toBeInstanceOf(DiscoveryError);

    write(['a.test:7000']);
    await afterInterval();
    expect(seen.values).toHaveLength(1);
    write(['b.test:7000']);
    await afterInterval();
    expect(addressesOf(seen)).toEqual([['a.test:7000'], ['b.test:7000']]);
    expect({ ended: seen.completed, errors: seen.errors }).toEqual({ ended: false, errors: [] });
  });

  it('is told anew where the reason is another', async () => {
    watch(fromFile(path, config));
    await rest();
    mkdirSync(file);
    await afterInterval();
    expect(errors.map(({ cause }) => (cause as { code: string }).code)).toEqual(['ENOENT', 'EISDIR']);
  });

  it('is named in full, as where it was when it was asked for', async () => {
    watch(fromFile('no-such-list.json', config));
    await rest();
    expect(errors.map(({ info }) => info)).toEqual([{ source: `fromFile ${resolve('no-such-list.json')}`, known: 0 }]);
  });

  it('may be a file, and its folder, that does not exist yet, or no longer', async () => {
    const folder = join(newFolder(), 'config');
    file = join(folder, 'servers.json');
    const seen = watch(fromFile(file, config));
    await rest();
    await afterInterval();
    expect(errors.map(({ message }) => message)).toEqual([
      `fromFile ${file}: ENOENT: no such file or directory, open '${file}'; no servers are known`,
    ]);

    mkdirSync(folder);
    write(['a.test:7000']);
    await afterInterval();
    rmSync(folder, { recursive: true });
    await until(() => clock.pending === 2);
    await afterInterval();
    expect(errors).toHaveLength(2);

    mkdirSync(folder);
    write(['b.test:7000']);
    await afterInterval();
    expect(addressesOf(seen)).toEqual([['a.test:7000'], ['b.test:7000']]);
  });

  it('may be an option `transport` that fails', async () => {
    write(['a.test:7000']);
    watch(fromFile(path, { ...config, transport: () => ({}) as Transport<never, never> }));
    await rest();
    expect(errors.map(({ cause }) => cause)).toEqual([
      new TypeError('transport must return a transport, a plain object as that of tcp("localhost:5000")'),
    ]);
  });

  it('is a warning of the process, each time, where nobody is told', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    watch(fromFile(path, { clock }));
    await rest();
    writeFileSync(file, '');
    await afterInterval();
    await afterInterval();
    expect(warn.mock.calls).toEqual([[expect.any(DiscoveryError)], [expect.any(DiscoveryError)]]);
    warn.mockRestore();
  });
});

describe('a change that the folder tells of', () => {
  it('is looked at a little later, together with those that follow it', async () => {
    write([]);
    const seen = watch(fromFile(file, { ...config, interval: Infinity }));
    await rest();
    write(['a.test:7000']);
    await until(() => clock.pending === 2);
    clock.advance(49);
    expect(clock.keepsAlive).toBe(false);
    write(['b.test:7000']);
    expect(clock.pending).toBe(2);

    clock.advance(1);
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual([[], ['b.test:7000']]);
  });
});

describe('unsubscribing', () => {
  it('leaves nothing behind, whether the file is being read, or a change waited for or just told of', async () => {
    write(['a.test:7000']);
    const reading = watch(fromFile(file, config));
    reading.stop();
    const waiting = watch(fromFile(file, config));
    await rest();
    expect(clock.keepsAlive).toBe(false);
    write(['b.test:7000']);
    await until(() => clock.pending === 2);
    waiting.stop();
    expect(clock.pending).toBe(0);
    expect([reading.values.length, waiting.values.length]).toEqual([0, 1]);
  });
});

describe('fromFile', () => {
  it.each([
    [5, {}, 'fromFile: pass the path of a file'],
    ['', {}, 'fromFile: pass the path of a file'],
    ['x.json', { interval: '1s' }, 'fromFile: interval must be a number from 1 to Infinity, got "1s"'],
    ['x.json', { transport: {} }, 'fromFile: transport must be a function, got an object'],
    ['x.json', { onError: true }, 'fromFile: onError must be a function, got true'],
    ['x.json', { clock: 5 }, 'fromFile: clock must be an object, got 5'],
    ['x.json', { every: 5 }, 'fromFile: unknown option every; known are transport, onError, clock, interval'],
  ])('refuses %o with %o', (name, wrong, message) => {
    expect(() => fromFile(name as string, wrong as FromFileConfig)).toThrow(new TypeError(message));
  });

  it('refuses an interval out of range', () => {
    expect(() => fromFile('x.json', { interval: 0 })).toThrow(
      new RangeError('fromFile: interval must be a number from 1 to Infinity, got 0'),
    );
  });
});
