import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DiscoveryError } from '../../src/dns/index.js';
import { fromFile } from '../../src/node/index.js';
import { addressesOf, watch } from '../dns/look-ups.js';
import { newFolder } from '../node/from-file-folder.js';
import { runChild } from './children.js';
import { testPool, until } from './pools.js';
import { echo, startServer } from './servers.js';

const A = '["a.test:7000"]';
const B = '["b.test:7000"]';
const BOTH = [['a.test:7000'], ['b.test:7000']];

let folder: string;
let path: string;
let errors: DiscoveryError[];

beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'servers.json');
  errors = [];
});

/** Reads again when the folder tells of a change, and only then. */
function watchFile(): ReturnType<typeof watch> {
  return watch(fromFile(path, { interval: Infinity, onError: (error) => errors.push(error) }));
}

const codes = (): unknown[] => errors.map(({ cause }) => (cause as Partial<NodeJS.ErrnoException>).code);

describe('a change is noticed', () => {
  it('when the file is written over', async () => {
    writeFileSync(path, A);
    const seen = watchFile();
    await until(() => seen.values.length === 1);
    writeFileSync(path, B);
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual(BOTH);
  });

  it('when another is renamed onto it, every time', async () => {
    writeFileSync(path, A);
    const seen = watchFile();
    for (let count = 1; count < 6; count++) {
      await until(() => seen.values.length === count);
      writeFileSync(`${path}.new`, count % 2 === 0 ? A : B);
      renameSync(`${path}.new`, path);
    }
    await until(() => seen.values.length === 6);
    expect(addressesOf(seen)).toEqual([...BOTH, ...BOTH, ...BOTH]);
    expect(errors).toEqual([]);
  });

  it('when it is truncated, which is told and changes nothing, and then written', async () => {
    writeFileSync(path, A);
    const seen = watchFile();
    await until(() => seen.values.length === 1);
    truncateSync(path);
    await until(() => errors.length === 1);
    expect(errors[0]!.message).toMatch(/servers.json: Unexpected end of JSON input; the 1 known before stay$/);
    writeFileSync(path, B);
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual(BOTH);
  });

  it('when it is deleted, which is told and changes nothing, and made again', async () => {
    writeFileSync(path, A);
    const seen = watchFile();
    await until(() => seen.values.length === 1);
    unlinkSync(path);
    await until(() => errors.length === 1);
    writeFileSync(`${path}.new`, B);
    linkSync(`${path}.new`, path);
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual(BOTH);
    expect(codes()).toEqual(['ENOENT']);
  });

  it('when it comes to exist', async () => {
    const seen = watchFile();
    await until(() => errors.length === 1);
    writeFileSync(path, A);
    await until(() => seen.values.length === 1);
    expect(addressesOf(seen)).toEqual([['a.test:7000']]);
    expect(codes()).toEqual(['ENOENT']);
  });

  it('when the link to its folder is replaced by another, as Kubernetes does it', async () => {
    for (const [name, list] of [
      ['..1', A],
      ['..2', B],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'servers.json'), list);
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/servers.json', path);
    const seen = watchFile();
    await until(() => seen.values.length === 1);

    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, '..1'), { recursive: true });
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual(BOTH);
    expect(errors).toEqual([]);
  });

  it('when its folder was replaced, at the next look', async () => {
    path = join(folder, 'config', 'servers.json');
    mkdirSync(join(folder, 'config'));
    writeFileSync(path, A);
    const seen = watch(fromFile(path, { interval: 10, onError: (error) => errors.push(error) }));
    await until(() => seen.values.length === 1);
    renameSync(join(folder, 'config'), join(folder, 'old'));
    mkdirSync(join(folder, 'config'));
    writeFileSync(`${path}.new`, B);
    renameSync(`${path}.new`, path);
    await until(() => seen.values.length === 2);
    expect(addressesOf(seen)).toEqual(BOTH);
  });
});

it('a list of servers is connected to', async () => {
  const server = await startServer(echo);
  writeFileSync(path, JSON.stringify([{ host: '127.0.0.1', port: server.port, weight: 2, priority: 1 }]));
  const seen = watchFile();
  await until(() => seen.values.length === 1);
  const pool = testPool(seen.values[0]!);
  (await pool.acquire()).release();
  expect(server.accepted).toBe(1);
});

it('a process that watches a file ends by itself', async () => {
  writeFileSync(path, A);
  expect(await runChild('from-file-watched', path)).toEqual({ code: 0, stdout: 'a.test:7000', stderr: '' });
});
