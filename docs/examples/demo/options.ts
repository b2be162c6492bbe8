import { parseArgs } from 'node:util';
import { tcp } from 'rxpool/tcp';

export interface Options {
  readonly seconds: number;
  /** Seconds between two kills, on average; 0 = never. */
  readonly killEvery: number;
  /** The user's own servers; empty = the demo starts three. */
  readonly connect: readonly string[];
}

/** The arguments make no sense; the message says which and why. */
export class UsageError extends Error {}

export const HELP = `rxpool demo: a pool over several servers, some of which die now and then

  npm start -- [options]

  --seconds <n>          how long to run, at most 86400 (default 20); Ctrl-C ends it earlier, a second Ctrl-C at once
  --kill-every <n>       seconds from one kill of a server to the next, on average; 0 = never (default 3)
  --connect <host:port>  use a server of yours, which must echo lines, instead of the demo's own; may be repeated.
                         Nothing of yours is killed: do that yourself, and watch
  --help                 this text

Without a terminal it prints one line a second. NO_COLOR switches colours off.
Exit code: 0 = every request is accounted for, 1 = not, or the demo broke, 2 = wrong arguments.
`;

/** What the command line asks for. @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { connect = [], seconds = '20', 'kill-every': killEvery } = values;
  if (connect.length > 0 && killEvery !== undefined) {
    throw new UsageError('--kill-every is for the servers of the demo; with --connect nothing is killed');
  }
  for (const address of connect) checkAddress(address);
  return {
    seconds: secondsOf('--seconds', seconds, 0.1),
    killEvery: secondsOf('--kill-every', killEvery ?? '3', 0),
    connect: [...new Set(connect)],
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string' },
        'kill-every': { type: 'string' },
        connect: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function secondsOf(option: string, text: string, least: number): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds >= least && seconds <= 86_400) return seconds;
  throw new UsageError(`${option} must be a number of seconds from ${least} to 86400, got "${text}"`);
}

/** A transport refuses a wrong address when it is made, long before it dials. */
function checkAddress(address: string): void {
  try {
    tcp(address);
  } catch (error) {
    throw new UsageError(`--connect: ${(error as Error).message}`);
  }
}
