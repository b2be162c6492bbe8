import type { Entry } from './journal.js';
import { ms, totalLosses, type View } from './view.js';

/** The moment in one line, for pipes and log files, with the news since the last one. */
export function plainLine(view: View, news: readonly Entry[]): string {
  const { stats, status } = view;
  const { resets, reconnects } = totalLosses(view);
  return [
    `${view.elapsed.toFixed(0).padStart(3)} s  ${status.state}`,
    view.endpoints
      .map(({ address, state, successes, latency }) => {
        return `${address} ${state} ${countOpen(view, address)} open ${successes} served ${ms(latency)} ms`;
      })
      .join(', '),
    `idle ${stats.idle} lent ${stats.lent} checking ${stats.checking} connecting ${stats.connecting} closing ${stats.closing}`,
    `waiters ${stats.waiting}`,
    `round trips ${view.roundTrips}/s`,
    `p50 ${ms(stats.useTime.p50)} p90 ${ms(stats.useTime.p90)} p99 ${ms(stats.useTime.p99)} ms`,
    `resets ${resets} reconnects ${reconnects}`,
    ...news.map(inWords),
  ].join(' | ');
}

/** The last line before the summary. */
export function lastLine(reason: string, news: readonly Entry[]): string {
  return [`${reason}: draining`, ...news.map(inWords)].join(' | ');
}

function inWords({ text, times }: Entry): string {
  return times > 1 ? `${text} (${times} times)` : text;
}

function countOpen({ slots }: View, address: string): number {
  return slots.filter(
    ({ endpoint, state }) => endpoint === address && (state === 'idle' || state === 'lent' || state === 'checking'),
  ).length;
}
