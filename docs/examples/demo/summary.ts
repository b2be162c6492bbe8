import type { CloseReport, Pool } from 'rxpool';
import type { Journal } from './journal.js';
import type { Tally } from './tally.js';
import { ms, totalLosses } from './view.js';

interface Ended {
  readonly pool: Pick<Pool, 'endpoints' | 'stats'>;
  readonly tally: Readonly<Tally>;
  readonly journal: Journal;
  readonly report: CloseReport;
}

/** The last words, in a terminal or not. */
export function summary({ pool: { endpoints, stats }, tally, journal, report }: Ended): string {
  const { useTime, waitTime, connectTime } = stats;
  const all = totalLosses({ endpoints, journal });
  const losses = ({ resets, reconnects }: typeof all): string => `resets ${resets}, reconnects ${reconnects}`;
  return [
    `sent ${tally.sent} = answered ${tally.answered} + lost ${tally.lost} + cancelled ${tally.cancelled}   (retries ${tally.retries})`,
    tally.balances ? 'every request is accounted for' : 'THE SUM IS WRONG: requests are missing, or were counted twice',
    '',
    `${losses(all)}:`,
    ...endpoints.map(({ address, successes, useTime, ejections }) => {
      const share = `served ${successes}, p50 ${ms(useTime.p50)} ms, ejected ${ejections} times`;
      return `  ${address}  ${losses(journal.lossesOf(address))}, ${share}`;
    }),
    `${(tally.answered / journal.elapsed).toFixed(0)} round trips a second over ${journal.elapsed.toFixed(1)} s`,
    `round trip  p50 ${ms(useTime.p50)}  p90 ${ms(useTime.p90)}  p99 ${ms(useTime.p99)} ms`,
    `waiting for a socket  p99 ${ms(waitTime.p99)} ms;  connecting  p99 ${ms(connectTime.p99)} ms`,
    `connections: ${stats.opened} opened; at the end ${report.closed} closed in good order, ${report.destroyed} destroyed`,
  ].join('\n');
}
