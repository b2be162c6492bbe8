import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from './servers.js';

/** A server that answers each line, until it is told to hold its answers. */
class HoldingServer {
  answers = 0;
  /** Connections that did not close in good order. */
  failures = 0;
  /** Those that wait for their answer. */
  private readonly held: Socket[] = [];
  private holds: (() => void) | undefined;

  /** What it does with each connection. */
  readonly behaviour = (socket: Socket): void => {
    socket.on('data', () => {
      if (this.holds === undefined) this.answer(socket);
      else {
        this.held.push(socket);
        this.holds();
      }
    });
    socket.on('error', () => this.failures++);
    socket.on('end', () => socket.end());
  };

  /** Resolves once so many wait for their answers. */
  async hold(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.holds = () => {
        if (this.held.length === count) resolve();
      };
    });
  }

  /** Answers those that wait, and all from now on. */
  letGo(): void {
    this.holds = undefined;
    for (const socket of this.held.splice(0)) this.answer(socket);
  }

  private answer(socket: Socket): void {
    this.answers++;
    socket.write('answer\n');
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process that borrows until a signal comes. */
class Borrowers {
  readonly lines: string[] = [];
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly output: Interface;

  constructor(address: string, mode: string) {
    const path = fileURLToPath(new URL('./children/signal-load.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', path, address, mode], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.child = child;
    this.output = createInterface(child.stdout).on('line', (line) => this.lines.push(line));
    this.ended = this.end(text(child.stderr));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.ended;
    });
  }

  /** Resolves once it has said so. */
  async says(line: string): Promise<void> {
    while (!this.lines.includes(line) && !this.hasEnded) await Promise.race([once(this.output, 'line'), this.ended]);
    expect(this.lines).toContain(line);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private async end(errors: Promise<string>): Promise<Ended> {
    const silent = once(this.output, 'close');
    const [code, signal] = (await once(this.child, 'close')) as [number | null, NodeJS.Signals | null];
    await silent;
    return { code, signal, stderr: await errors };
  }
}

/** A process whose three connections are lent, each in the middle of a request, while others wait. */
async function start(mode: string): Promise<{ server: HoldingServer; child: Borrowers }> {
  const server = new HoldingServer();
  const { address } = await startServer(server.behaviour);
  const child = new Borrowers(address, mode);
  await child.says('busy');
  await server.hold(3);
  return { server, child };
}

const endedBy = (signal: NodeJS.Signals): object => ({ code: null, signal, stderr: '' });

describe('a process under load that is told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what is lent, and is then ended by %s', async (signal) => {
    const { server, child } = await start('alone');
    child.send(signal);
    await child.says('closing');
    expect(child.hasEnded).toBe(false);
    server.letGo();

    expect(await child.ended).toEqual(endedBy(signal));
    expect(child.lines).toEqual(['busy', 'closing', `answers ${server.answers} RXPOOL_POOL_CLOSED`]);
    expect(server.failures).toBe(0);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('by %s, then by %s, cuts off what is lent', async (signal, again) => {
    const { server, child } = await start('alone');
    child.send(signal);
    await child.says('closing');
    child.send(again);

    expect(await child.ended).toEqual(endedBy(signal));
    expect(child.lines[2]).toMatch(new RegExp(`^answers ${server.answers} RXPOOL_`));
  });

  it('waits also where nothing else keeps it', async () => {
    const { server, child } = await start('unref');
    child.send('SIGTERM');
    await child.says('closing');
    server.letGo();

    expect(await child.ended).toEqual(endedBy('SIGTERM'));
    expect(child.lines.at(-1)).toBe(`answers ${server.answers} RXPOOL_POOL_CLOSED`);
  });

  it('waits for the pools of every call', async () => {
    const { server, child } = await start('two calls');
    child.send('SIGTERM');
    await child.says('closing');
    server.letGo();

    expect(await child.ended).toEqual(endedBy('SIGTERM'));
    expect(child.lines.at(-1)).toBe(`answers ${server.answers} RXPOOL_POOL_CLOSED`);
  });

  it('is left to whoever else listens to the signal: it ends when nothing keeps it', async () => {
    const { server, child } = await start('listening');
    child.send('SIGTERM');
    await child.says('closing');
    server.letGo();

    expect(await child.ended).toEqual({ code: 0, signal: null, stderr: '' });
    expect(child.lines.filter((line) => line === 'heard')).toHaveLength(1);
  });

  it('ends with the code of the signal if it is to end although others listen', async () => {
    const { server, child } = await start('forced');
    child.send('SIGTERM');
    await child.says('closing');
    server.letGo();

    expect(await child.ended).toEqual({ code: 143, signal: null, stderr: '' });
    expect(child.lines.filter((line) => line === 'heard')).toHaveLength(1);
  });
});
