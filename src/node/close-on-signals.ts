import { constants } from 'node:os';
import { forkJoin, Subscription } from 'rxjs';
import { checkConfig, type Rule } from '../endpoint/check-config.js';
import { closeRules, type CloseConfig } from '../pool/closing.js';
import type { Pool } from '../pool/pool.js';
import { hasOtherListeners, isAnyClosing, listen } from './signal-listeners.js';

export interface CloseOnSignalsConfig {
  /** @default ['SIGTERM', 'SIGINT'] */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** How the first signal closes the pools. @default it waits 10 s for what is lent */
  readonly close?: CloseConfig | undefined;
  /** Whether the process ends when all pools have closed. @default true, unless somebody else listens to the signal, too */
  readonly exit?: boolean | undefined;
}

const configRules: Readonly<Record<keyof CloseOnSignalsConfig, Rule>> = {
  signals: { is: 'object' },
  close: { is: 'object' },
  exit: { is: 'boolean' },
};

/** No process can listen to these. */
const UNHEARD: readonly string[] = ['SIGKILL', 'SIGSTOP'];

/** The longest that a timer can be set to, in ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * Closes pools when the process is told to end, so that what is lent can be finished.
 *
 * The first signal closes all of them, in the way of `close`; a second one destroys what is still lent. When everything has closed, the
 * process ends as it would have without listeners: by the first signal. If somebody else listens to that signal, too, the end of the process
 * is left to them. With `exit: true` it ends all the same, then with the code that a shell shows for the signal: 143 for SIGTERM, 130 for
 * SIGINT. With `exit: false` it goes on.
 *
 * There is one listener for each signal, however many pools; so give all pools to one call. The listeners go when all pools have closed, also
 * where no signal came. Worker threads are not told of signals.
 *
 * @returns Takes the listeners away. What is being closed is closed all the same, but the process is not ended.
 *
 * @example
 * ```ts
 * import { closeOnSignals } from 'rxpool/node';
 *
 * closeOnSignals(pool, { close: { timeout: 5_000 } });
 * ```
 *
 * @throws TypeError or RangeError for what is no pool, and for a wrong option, naming it.
 */
export function closeOnSignals(pools: Pool | readonly Pool[], config: CloseOnSignalsConfig = {}): () => void {
  checkConfig('closeOnSignals', config, configRules);
  checkConfig('closeOnSignals: close', config.close, closeRules);
  const { signals = ['SIGTERM', 'SIGINT'], close, exit } = config;
  checkSignals(signals);
  const all: readonly Pool[] = Array.isArray(pools) ? [...(pools as readonly Pool[])] : [pools as Pool];
  checkPools(all);

  const ends = new Subscription();
  let first: NodeJS.Signals | undefined;

  async function closeAll(how: CloseConfig | undefined): Promise<void> {
    await Promise.allSettled(all.map(async (pool) => pool.close(how)));
  }

  async function closeAndEnd(signal: NodeJS.Signals): Promise<void> {
    const isShared = hasOtherListeners(signal);
    // Sockets and timers of an idle pool do not keep the process alive; it is to see the end of their closing.
    const alive = setInterval(() => undefined, LONGEST);
    await closeAll(close);
    clearInterval(alive);
    if (ends.closed) return;
    ends.unsubscribe();
    // The last of several closes the door.
    if (exit === false || isAnyClosing(signal)) return;
    if (!hasOtherListeners(signal)) {
      if (exit === true || !isShared) process.kill(process.pid, signal);
    } else if (exit === true) process.exit(128 + constants.signals[signal]);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (first !== undefined) {
      void closeAll({ borrowed: 'destroy' });
      return;
    }
    first = signal;
    void closeAndEnd(signal);
  }

  ends.add(listen(new Set(signals), onSignal, () => first !== undefined));
  ends.add(
    forkJoin(all.map(({ status$ }) => status$)).subscribe({
      complete: () => {
        // Once there is a signal, its own way leads there.
        if (first === undefined) ends.unsubscribe();
      },
    }),
  );
  return () => ends.unsubscribe();
}

function checkSignals(signals: readonly string[]): void {
  if (!Array.isArray(signals)) throw new TypeError('closeOnSignals: signals must be an array of names of signals');
  for (const signal of signals as readonly unknown[]) {
    const isKnown = typeof signal === 'string' && Object.hasOwn(constants.signals, signal);
    if (isKnown && !UNHEARD.includes(signal)) continue;
    const what = isKnown ? 'nobody can listen to' : 'there is no signal';
    throw new TypeError(`closeOnSignals: signals: ${what} ${String(signal)}`);
  }
}

function checkPools(pools: readonly Partial<Pool>[]): void {
  if (pools.every((pool) => typeof (pool as Partial<Pool> | undefined)?.close === 'function')) return;
  throw new TypeError('closeOnSignals: pass a pool, or an array of pools');
}
