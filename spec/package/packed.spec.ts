import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { root } from './doc-examples.js';

/** Holds what has been reached. The aim is 8,000 bytes, see docs/benchmarks.md. */
const SIZE_LIMIT = 42_600;

const entries = Object.keys(manifest.exports).map((key) => manifest.name + key.slice(1));
const modules = entries.filter((entry) => !entry.endsWith('.json'));

let folder: string;
let tarball: string;

/** Resolves to what the command prints, and rejects with it where the command fails. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}

function tool(name: string, ...args: string[]): Promise<string> {
  return run(folder, join(root, 'node_modules/.bin', name), ...args);
}

async function runFile(name: string, code: string): Promise<unknown> {
  await writeFile(join(folder, name), code);
  return JSON.parse(await run(folder, process.execPath, name));
}

beforeAll(async () => {
  if (!existsSync(join(root, 'dist'))) throw new Error('Nothing to pack: `npm run build` comes first');
  // Resolved, because a compiler compares real paths and some systems link their temporary folder.
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rxpool-')));
  tarball = join(folder, `${manifest.name}-${manifest.version}.tgz`);
  await run(root, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  // The peers and their one dependency come from folders, so that no registry is asked.
  const peers = ['rxjs', '@angular/core', 'tslib'].map((name) => join(root, 'node_modules', name));
  await run(folder, 'npm', 'install', '--offline', '--ignore-scripts', '--install-links', tarball, ...peers);
  await copyOptionalPeers();
});

/** Optional peers, with all that they need: copied, since npm would ask a registry for what they need in their turn. */
async function copyOptionalPeers(): Promise<void> {
  const waiting: string[] = Object.keys(manifest.peerDependenciesMeta).concat('@nestjs/core', 'reflect-metadata');
  const seen = new Set(['rxjs', 'tslib']);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const from = join(root, 'node_modules', name);
    await cp(from, join(folder, 'node_modules', name), { recursive: true });
    const { dependencies = {} } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    waiting.push(...Object.keys(dependencies));
  }
}

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the installed package', () => {
  const inspect = 'names: Object.keys(entry).filter((name) => name !== "default").sort()';

  it.each(modules)('gives %s to import and to require, with the same exports', async (entry) => {
    const imported = await runFile(
      'smoke.mjs',
      `import * as entry from '${entry}';
       console.log(JSON.stringify({ file: import.meta.resolve('${entry}'), ${inspect} }));`,
    );
    const required = await runFile(
      'smoke.cjs',
      `const entry = require('${entry}');
       console.log(JSON.stringify({ file: require.resolve('${entry}'), ${inspect} }));`,
    );
    const { names } = imported as { names: string[] };
    expect(names).not.toEqual([]);
    expect(imported).toEqual({ names, file: expect.stringContaining('/rxpool/dist/esm/') as string });
    expect(required).toEqual({ names, file: expect.stringContaining('/rxpool/dist/cjs/') as string });
  });

  it.each(entries.filter((entry) => entry.endsWith('.json')))('gives %s to import and to require', async (entry) => {
    const imported = `import json from '${entry}' with { type: 'json' }; console.log(JSON.stringify(json));`;
    expect(await runFile('smoke.mjs', imported)).toEqual(manifest);
    expect(await runFile('smoke.cjs', `console.log(JSON.stringify(require('${entry}')));`)).toEqual(manifest);
  });

  it.each(['mts', 'cts'])('has types for a consumer in .%s', async (extension) => {
    const consumer = `
      ${modules.map((entry, i) => `import * as entry${i} from '${entry}';`).join('\n')}
      import { createPool, type Pool } from 'rxpool';
      import { tcp } from 'rxpool/tcp';

      const pool = createPool(tcp('localhost:11211'), { max: 2 });
      pool.available$.subscribe({
        next: (lease) => {
          lease.socket.setNoDelay(true);
          // @ts-expect-error: the socket is typed, so what it lacks is an error.
          lease.socket.noSuchMethod();
          lease.release();
        },
        error: console.error,
      });
      // @ts-expect-error: and so are the options.
      createPool(tcp('localhost:11211'), { noSuchOption: 2 });
      export const some: Pool = pool;
      export const all: object[] = [${modules.map((_, i) => `entry${i}`).join(', ')}];
    `;
    await writeFile(join(folder, `consumer.${extension}`), consumer);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2022',
          lib: ['es2022', 'dom'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          typeRoots: [join(root, 'node_modules/@types')],
          types: ['node'],
        },
        files: [`consumer.${extension}`],
      }),
    );
    await tool('tsc', '-p', '.');
  });

  it('passes publint', () => tool('publint', 'run', tarball, '--strict'));

  it('passes attw', () => tool('attw', tarball, '--profile', 'node16'));
});

describe('without the optional peers', () => {
  const frameworks = modules.filter((entry) => /\/(?:nest|angular)/.test(entry));
  const others = modules.filter((entry) => !frameworks.includes(entry));
  const names = Object.keys(manifest.peerDependenciesMeta);

  let alone: string;

  beforeAll(async () => {
    // Not below the other folder: from there they would be found.
    alone = await realpath(await mkdtemp(join(tmpdir(), 'rxpool-alone-')));
    for (const name of [manifest.name, 'rxjs', 'tslib']) {
      await cp(join(folder, 'node_modules', name), join(alone, 'node_modules', name), { recursive: true });
    }
  });

  afterAll(() => rm(alone, { recursive: true, force: true }));

  const load = async (entry: string): Promise<unknown> => {
    const code = `import('${entry}').then(() => console.log('loads'), ({ message }) => console.log(message));`;
    return (await run(alone, process.execPath, '--input-type=module', '--eval', code)).trim();
  };

  it.each(others)('%s loads', async (entry) => {
    expect(await load(entry)).toBe('loads');
  });

  it.each(frameworks)('%s says which one it misses', async (entry) => {
    expect(await load(entry)).toMatch(new RegExp(`Cannot find package '(?:${names.join('|')})'`));
  });
});

describe('in a browser', () => {
  async function bundle(entry: string): Promise<string> {
    await writeFile(join(folder, 'browser.mjs'), `export * from '${entry}';`);
    const options = [
      '--minify',
      '--platform=browser',
      '--format=esm',
      '--target=es2022',
      '--external:rxjs',
      '--external:@angular/core',
    ];
    return tool('esbuild', 'browser.mjs', '--bundle', ...options);
  }

  it.each(['rxpool', 'rxpool/balance', 'rxpool/protocol', 'rxpool/websocket', 'rxpool/socket-io', 'rxpool/angular'])(
    '%s reaches nothing of Node',
    async (entry) => {
      expect((await bundle(entry)).length).toBeGreaterThan(0);
    },
  );

  it('rxpool/tcp does, and is refused', async () => {
    await expect(bundle('rxpool/tcp')).rejects.toThrow('Could not resolve "node:net"');
  });

  it(`the core stays within ${SIZE_LIMIT} bytes, minified and compressed`, async () => {
    const size = gzipSync(await bundle('rxpool')).length;
    console.info(`rxpool: ${size} bytes minified and compressed, without rxjs`);
    expect(size).toBeLessThanOrEqual(SIZE_LIMIT);
  });
});
