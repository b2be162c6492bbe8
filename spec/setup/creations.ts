import { createHook, executionAsyncId } from 'node:async_hooks';

/** What outlives a test if nobody ends it. Requests, as a DNS lookup, end by themselves, and nobody can end them sooner. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'A timer'],
  ['Immediate', 'An immediate'],
  ['TCPWRAP', 'A socket'],
  ['TCPSERVERWRAP', 'A server'],
  ['PIPEWRAP', 'A pipe'],
  ['PIPESERVERWRAP', 'A server on a pipe'],
  ['UDPWRAP', 'A UDP socket'],
  ['TTYWRAP', 'A terminal'],
  ['PROCESSWRAP', 'A child process'],
  ['SIGNALWRAP', 'A listener to a signal'],
  ['FSEVENTWRAP', 'A file watcher'],
  ['STATWATCHER', 'A file watcher'],
  ['MESSAGEPORT', 'A message port'],
]);

/** The test runner clears away after itself. */
const ofTheRunner = /\/node_modules\/(?:vitest|@vitest|vite)\//;

/** Through how many steps inside Node a creation is traced back: few are enough, and a chain must not grow for ever. */
const LONGEST_CHAIN = 8;

interface Creation {
  readonly type: string;
  /** Its stack is written only if somebody reads it, which costs far more than to keep it. */
  readonly stack: Error;
  /** What has led to it, for what Node makes on its own, as a socket that a server accepts. */
  readonly cause: Creation | undefined;
  readonly chain: number;
}

/** From creation until Node has let go of it: unlike `process.getActiveResourcesInfo()` this knows what is unref'ed, too. */
const alive = new Map<number, Creation>();
let latestId = 0;
let isWatching = false;

/** Takes note of all that is made in this process from now on. */
export function watchCreations(): void {
  isWatching = true;
  createHook({
    init: (id, type, triggerId) => {
      latestId = id;
      // There are far too many promises, and they hold nothing open.
      if (!isWatching || type === 'PROMISE') return;
      const parent = alive.get(executionAsyncId()) ?? alive.get(triggerId);
      const cause = parent !== undefined && parent.chain < LONGEST_CHAIN ? parent : undefined;
      alive.set(id, { type, stack: longStack(), cause, chain: cause === undefined ? 0 : cause.chain + 1 });
    },
    destroy: (id) => void alive.delete(id),
  }).enable();
}

/** Takes no note of what is made inside. */
export function unwatched(make: () => void): void {
  isWatching = false;
  make();
  isWatching = true;
}

/** A point in time, to tell what was made before from what was made after it. */
export function now(): number {
  return latestId;
}

export function isAnythingLeftSince(moment: number): boolean {
  return leftSince(moment).length > 0;
}

/** An error for each thing made since then that is still there, with the stack of its creation. It is told of only once. */
export function takeLeftSince(moment: number): Error[] {
  return leftSince(moment).map(([id, creation]) => {
    alive.delete(id);
    const error = new Error(`${kinds.get(creation.type)!} is left behind (${creation.type})`);
    error.stack = [`Error: ${error.message}`, ...framesOf(creation)].join('\n');
    return error;
  });
}

function leftSince(moment: number): [id: number, Creation][] {
  return [...alive].filter(
    ([id, creation]) => id > moment && kinds.has(creation.type) && !ofTheRunner.test(framesOf(creation)[0] ?? ''),
  );
}

/** The lines of the stack outside Node, innermost first. */
function framesOf({ stack, cause }: Creation): string[] {
  // The first is the message, the next two are in this file.
  const lines = stack.stack!.split('\n').slice(3);
  const frames = lines.filter((line) => line.includes('/') && !/[ (]node:/.test(line));
  return frames.length > 0 || cause === undefined ? frames : framesOf(cause);
}

function longStack(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const stack = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}
