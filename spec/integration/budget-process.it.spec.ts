import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { budget } from '../../src/index.js';
import { until } from './pools.js';
import { echo, startServer } from './servers.js';

const source = new URL('../../src/node/index.ts', import.meta.url).href;

/** The limit that a process finds which may open so many files. */
async function limitWith(files: number, before = ''): Promise<number> {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { processBudget } from ${JSON.stringify(source)};
    ${before}
    console.log(processBudget().picture.limit);`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)('sh', ['-c', `ulimit -n ${files} && exec "$@"`, 'sh', ...node], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return Number(stdout);
}

describe('the budget of a process', () => {
  it.each([
    [300, 250],
    [1_000, 900],
  ])('that may open %i files is %i', async (files, limit) => {
    expect(await limitWith(files)).toBe(limit);
  });

  it('is the same where there is no /proc', async () => {
    const withoutProc = 'fs.readFileSync = () => { throw new Error("ENOENT"); }; syncBuiltinESMExports();';
    expect(await limitWith(300, withoutProc)).toBe(250);
  });
});

it('code of its own takes part by reserving permits: never more sockets than the budget has, and all are served', async () => {
  const server = await startServer(echo);
  const shared = budget({ limit: 4 });
  let [open, most, answered] = [0, 0, 0];
  for (let i = 0; i < 40; i++) {
    shared.reserve().subscribe((permit) => {
      most = Math.max(most, ++open);
      const socket = connect(server.port, '127.0.0.1', () => socket.end('hello\n'));
      socket.once('data', () => answered++);
      socket.on('close', () => {
        open--;
        permit.release();
      });
    });
  }
  await until(() => shared.picture.used === 0);

  expect({ most, answered, accepted: server.accepted }).toEqual({ most: 4, answered: 40, accepted: 40 });
});
