import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import config from '../../vitest.config.js';
import type { Failure } from '../setup/fixtures/report.js';
import { root } from './doc-examples.js';

const fixtures = 'spec/setup/fixtures';

interface Run {
  readonly code: number;
  /** Of each failure the test, or its file, what it says, and the line of code that it leads to. */
  readonly failures: readonly [where: string, message: string, line: string][];
}

/** Runs specs that exist for this alone, under the checks of the real ones. */
async function run(names: string): Promise<Run> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const options = [`--config=${fixtures}/vitest.config.ts`, `--reporter=./${fixtures}/report.ts`];
  const child = spawn(process.execPath, [vitest, 'run', ...options, names], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [failures, [code]] = await Promise.all([
    json(child.stdout) as Promise<Failure[]>,
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, failures: failures.map(({ where, stack }) => [where, stack.split('\n')[0]!, lineOf(stack)]) };
}

function lineOf(stack: string): string {
  const [, path, line] = /(\/\S+\.fixture\.ts):(\d+)/.exec(stack) ?? [];
  return path === undefined ? '' : readFileSync(path, 'utf8').split('\n')[Number(line) - 1]!.trim();
}

let clean: Run;
let unhandled: Run;
let leaks: Run;

beforeAll(async () => {
  [clean, unhandled, leaks] = await Promise.all([run('clean'), run('unhandled'), run('leak')]);
});

it('is in force in every project', () => {
  expect(config.test?.setupFiles).toEqual(['./spec/setup/no-leaks.ts']);
  for (const project of config.test!.projects!) expect(project).toMatchObject({ extends: true });
});

it('lets pass what is cleaned up, or ends by itself at once', () => {
  expect(clean).toEqual({ code: 0, failures: [] });
});

it.each([
  ['unhandled-exception', 'Error: an exception', "throw new Error('an exception');"],
  ['unhandled-rejection', 'Error: a rejection', "void Promise.reject(new Error('a rejection'));"],
  ['unhandled-rxjs-error', 'Error: of an Observable', "throwError(() => new Error('of an Observable')).subscribe();"],
])('refuses an error that nobody handles, even after the last test: %s', (file, message, line) => {
  expect(unhandled.code).toBe(1);
  expect(unhandled.failures.filter(([where]) => where === file)).toEqual([[file, message, line]]);
});

const A_TIMER = 'Error: A timer is left behind (Timeout)';
const A_SOCKET = 'Error: A socket is left behind (TCPWRAP)';

it.each([
  ['forgets a timer', A_TIMER, 'setTimeout(() => undefined, 60_000);'],
  ['forgets a timer that keeps no process alive', A_TIMER, 'setInterval(() => undefined, 60_000).unref();'],
  ['forgets a timer that RxJS has set for it', A_TIMER, 'interval(60_000).subscribe();'],
  ['forgets a socket', A_SOCKET, "connect({ port, host: '127.0.0.1', allowHalfOpen: true }).unref();"],
  ['forgets a socket that its server has accepted', A_SOCKET, "server.listen(0, '127.0.0.1');"],
  ['forgets a server', 'Error: A server is left behind (TCPSERVERWRAP)', 'createServer().unref().listen(0);'],
  [
    'adds a listener too many',
    expect.stringContaining('MaxListenersExceededWarning: Possible EventEmitter memory leak detected'),
    "emitter.on('event', () => void 0);",
  ],
  [
    'uses something deprecated',
    'DeprecationWarning: Not this',
    "process.emitWarning('Not this', 'DeprecationWarning');",
  ],
])('refuses a test that %s, and shows where', (test, message, line) => {
  expect(leaks.code).toBe(1);
  expect(leaks.failures.filter(([where]) => where === test)).toEqual([[test, message, line]]);
});

it('refuses what is left behind by a file but by none of its tests', () => {
  expect(leaks.failures).toContainEqual(['leak-of-a-file', A_TIMER, 'setTimeout(() => undefined, 60_000);']);
});

it('refuses what would keep the test runner from hearing of an unhandled error', () => {
  const failures = leaks.failures.filter(([where]) => where === 'hides what nobody handles');
  expect(failures.map(([, message]) => message)).toEqual([
    'Error: Not only the test runner listens to uncaughtException',
    'Error: Not only the test runner listens to unhandledRejection',
    'Error: config.onUnhandledError of RxJS is still set',
  ]);
});
