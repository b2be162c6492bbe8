import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a Chromium is called: `CHROMIUM` says otherwise. */
const NAMES = [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome'];

/** A Chromium of this machine, if there is one. @throws Error where there has to be one */
export function findChromium(): string | undefined {
  const found = NAMES.find((name) => name !== undefined && spawnSync(name, ['--version']).status === 0);
  if (found !== undefined) return found;
  if (process.env['CI'] === 'true') throw new Error('there is no Chromium');
  console.warn('SKIPPED: there is no Chromium on this machine; set CHROMIUM to where it is');
  return undefined;
}

/** Opens a page, without a window, until the end of the test. */
export async function openPage(chromium: string, url: string): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'rxpool-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  onTestFinished(async () => {
    const exited = once(browser, 'exit');
    browser.kill();
    await exited;
    // Its children write until they notice.
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
}
