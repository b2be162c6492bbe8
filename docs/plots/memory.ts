import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a slow consumer reads: `data` events and `concatMap`, or `readable()` and `consume()`. */
export type Way = 'concatMap' | 'consume';

export interface MemoryConfig {
  /** What is sent, as fast as it is read. */
  readonly bytes: number;
  /** What is consumed, in bytes a ms. */
  readonly pace: number;
}

/** What consuming all of it has taken. */
export interface MemoryRun {
  /** Bytes of the process that are in memory, from the beginning to the end. */
  readonly samples: readonly (readonly [seconds: number, resident: number])[];
  /** Bytes that were read and not consumed, at the instant when there were most of them. */
  readonly most: number;
  readonly consumed: number;
}

/** A real run on loopback: the sender is a process, and so is the consumer, whose memory nobody else uses. */
export async function memory(way: Way, { bytes, pace }: MemoryConfig): Promise<MemoryRun> {
  const sender = start('flood.ts', bytes);
  try {
    const consumer = start('memory-run.ts', way, await told(sender), pace);
    try {
      return await told<MemoryRun>(consumer);
    } finally {
      await stop(consumer);
    }
  } finally {
    await stop(sender);
  }
}

function start(program: string, ...args: readonly (string | number)[]): ChildProcess {
  const path = fileURLToPath(new URL(program, import.meta.url));
  // What a test runner asks of its own processes is not asked of this one.
  const env = { ...process.env, NODE_OPTIONS: '' };
  return fork(path, args.map(String), { execArgv: ['--import', 'tsx'], env });
}

/** The next message; rejects when it ends without one. */
function told<T = number>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a process ended with ${String(code)}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
