import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface RealServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether a server can be started here. Where tests must not be left out, as in CI, it is an error when not. */
export function isInstalled(command: string, debianPackage = command): boolean {
  if (spawnSync(command, ['--version']).error === undefined) return true;
  const advice = `${command} is not installed: apt-get install ${debianPackage}`;
  if (process.env['CI'] === 'true') throw new Error(advice);
  console.warn(`${advice}. Its tests are left out.`);
  return false;
}

/** Starts a server on a free port. It need not listen yet: whoever connects by a pool waits for it. */
export async function startServer(command: string, options: (port: number) => readonly string[]): Promise<RealServer> {
  const port = await freePort();
  const child = spawn(command, options(port), { stdio: 'ignore' });
  return {
    port,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
