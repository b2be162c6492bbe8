import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs an application, and reads what it says line by line. */
function run(file: string) {
  const process_ = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = process_;
  const lines: string[] = [];
  const ended = once(process_, 'exit');
  const reader = createInterface({ input: process_.stdout });
  reader.on('line', (line) => lines.push(line));
  const says = async (start: string): Promise<string> => {
    for (;;) {
      const line = lines.find((one) => one.startsWith(start));
      if (line !== undefined) return line.slice(start.length).trim();
      const over = ended.then(() => Promise.reject(new Error(`it ended without "${start}": ${lines.join('; ')}`)));
      over.catch(() => undefined);
      await Promise.race([once(reader, 'line'), over]);
    }
  };
  return { process: process_, lines, ended, says };
}

describe.each(['./app.mjs', './app.cjs'])('an application in %s', (file) => {
  it('answers at SIGTERM what it was asked, with connections for it, and then closes its pool and ends', async () => {
    const app = run(file);
    const port = await app.says('listening');
    const response = fetch(`http://127.0.0.1:${port}/`);
    await app.says('asked one');
    app.process.kill('SIGTERM');
    await app.says('shutting down');
    app.process.stdin.write('\n');
    // It borrows anew, in the middle of the shutdown.
    await app.says('asked two');
    app.process.stdin.write('\n');
    expect(await (await response).text()).toBe('answer to one, answer to two');
    expect(await app.ended).toEqual([null, 'SIGTERM']);
    expect(app.lines.at(-1)).toBe('shut down backend');
  });
});
