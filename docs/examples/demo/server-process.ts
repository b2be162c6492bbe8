import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fromEvent, map, type Observable } from 'rxjs';
import type { Listening, Order } from './servers.js';

/** The echo servers' process, as its parent sees it. */
export class ServerProcess {
  /** Emits if the process ends without having been told to. */
  readonly died$: Observable<string>;

  private constructor(
    private readonly child: ChildProcess,
    readonly addresses: readonly string[],
  ) {
    this.died$ = fromEvent(child, 'exit').pipe(map(() => 'the echo servers have died'));
  }

  static async start(): Promise<ServerProcess> {
    // The child is started as this process was, so that it understands TypeScript too. Standard output belongs to the screen.
    const child = fork(fileURLToPath(new URL('servers.ts', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Listening | number | null];
    if (first === null || typeof first === 'number') throw new Error('the echo servers could not be started');
    return new ServerProcess(
      child,
      first.ports.map((port) => `127.0.0.1:${port}`),
    );
  }

  order(order: Order): void {
    // The process may have died a moment ago, which `died$` tells.
    this.child.send(order, () => undefined);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}
