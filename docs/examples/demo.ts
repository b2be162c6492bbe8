/**
 * `npm start`: a pool over three servers, one of them slow, that die and come back, under a steady load. Read this file, then `demo/workload.ts`, which is
 * how to use a pool. `demo/servers.ts` is what it is used on; the other parts are for the eye.
 */
import { distinctUntilChanged, lastValueFrom, map, NEVER, skip, takeUntil } from 'rxjs';
import { createPool, exponentialBackoff } from 'rxpool';
import { peakEwma } from 'rxpool/balance';
import { tcp } from 'rxpool/tcp';
import { chaos } from './demo/chaos.js';
import { Journal, reasonOf } from './demo/journal.js';
import { HELP, parseOptions, UsageError, type Options } from './demo/options.js';
import { ServerProcess } from './demo/server-process.js';
import { show } from './demo/show.js';
import { stopping } from './demo/stopping.js';
import { summary } from './demo/summary.js';
import { Tally } from './demo/tally.js';
import { workload } from './demo/workload.js';

async function run({ seconds, killEvery, connect }: Options): Promise<number> {
  const servers = connect.length === 0 ? await ServerProcess.start() : undefined;
  const addresses = servers?.addresses ?? connect;

  const perServer = addresses.length === 1 ? 10 : 4;

  // Nothing but the addresses is required. An array of transports makes a pool over several servers.
  const pool = createPool(
    addresses.map((address) => tcp(address)),
    {
      name: 'demo',
      max: addresses.length * perServer,
      maxPerEndpoint: perServer, // else the others take all places while a server is dead, and leave it none when it is back
      minPerEndpoint: 1, // one is kept open to each, which also finds out soon that a dead server is back
      retry: { delay: exponentialBackoff({ max: 1_000 }) },
      balance: peakEwma(), // a slow server gets less to do
      ejection: { consecutive: 3, baseTime: 1_000, slowStart: 3_000 }, // one that goes wrong is left alone, tried, and used more and more
    },
  );

  // Watching: events as they happen, and the state of the whole. Neither stream ever errors.
  const journal = new Journal();
  pool.events$.subscribe((event) => journal.record(event));
  pool.status$
    .pipe(
      map(({ state }) => state),
      distinctUntilChanged(),
      skip(1),
    )
    .subscribe((state) => journal.note(`pool ${state}`));

  const tally = new Tally();
  const { stop$, cancel$ } = stopping(seconds, servers?.died$ ?? NEVER);
  const title = `${servers ? 'three echo servers of its own' : 'your servers'}: ${addresses.join(', ')}, for ${seconds} s`;
  const shown = show({ pool, tally, journal, title, stop$ }).subscribe();
  if (servers) {
    chaos(servers, killEvery)
      .pipe(takeUntil(stop$))
      .subscribe((deed) => journal.note(deed));
  }

  // Using: this is the load, and it completes when it has drained.
  const onLost = (error: unknown): void => journal.count(`request lost: ${reasonOf(error)}`);
  await lastValueFrom(workload(pool, { stop$, cancel$, tally, onLost }), { defaultValue: undefined });

  // Closing: resolves when every socket has closed, so that nothing is left behind.
  const report = await pool.close();
  shown.unsubscribe();
  const isIntact = servers?.isAlive ?? true;
  await servers?.stop();
  console.log(summary({ pool, tally, journal, report }));
  return tally.balances && isIntact ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== 'help') return await run(options);
    console.log(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nTry --help.`);
    return 2;
  }
}

// Whoever read the output has left, as in `npm start | head`.
process.stdout.on('error', () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
