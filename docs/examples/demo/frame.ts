import type { SlotView } from 'rxpool';
import type { Entry } from './journal.js';
import { ms, totalLosses, type View } from './view.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof STYLES;
/** A piece of a line: plain, or with a style. Kept apart until the end, so that a line can be cut without cutting an escape code. */
type Span = string | readonly [Style, string];

type Owned = Exclude<SlotView['state'], 'empty'>;
const STATES: readonly Owned[] = ['lent', 'idle', 'checking', 'connecting', 'closing'];
const MARKS: Record<Owned, readonly [Style, string]> = {
  lent: ['green', '●'],
  idle: ['cyan', '○'],
  checking: ['yellow', '◐'],
  connecting: ['yellow', '◌'],
  closing: ['red', '×'],
};

/** One screenful, at most `rows` lines of at most `columns` characters. The event log gets what room is left. */
export function frame(view: View, { columns, rows, color }: Size): string[] {
  const body: Span[][] = [
    [['bold', 'rxpool demo'], `  ${view.title}`],
    [`${view.elapsed.toFixed(1)} s  pool `, stateSpan(view.status.state), ['dim', '  Ctrl-C drains and ends']],
    [],
    ...endpointTable(view),
    [],
    ...requests(view),
    [],
    ...latencies(view),
    [],
  ];
  const room = Math.max(0, rows - body.length);
  return [...body, ...log(view.journal.entries, room)].slice(0, rows).map((line) => paint(line, columns, color));
}

function endpointTable(view: View): Span[][] {
  const width = Math.max(8, ...view.endpoints.map(({ address }) => address.length));
  const row = (address: string, cells: readonly (string | number)[]): string =>
    [address.padEnd(width), ...cells.map((cell) => String(cell).padStart(11))].join('');
  const count = (slots: readonly SlotView[]): number[] =>
    STATES.map((state) => slots.filter((slot) => slot.state === state).length);
  const { resets, reconnects } = totalLosses(view);
  return [
    [['dim', row('endpoint', [...STATES, 'resets', 'reconnects'])]],
    ...view.endpoints.map(({ address, status, state, latency, weight, successes }): Span[] => {
      const slots = view.slots.filter(({ endpoint, state }) => endpoint === address && state !== 'empty');
      const losses = view.journal.lossesOf(address);
      const delay = (status.nextAttemptAt ?? 0) - view.stats.at;
      return [
        row(address, [...count(slots), losses.resets, losses.reconnects]),
        '  ',
        stateSpan(state),
        ` ${successes} served, ${ms(latency)} ms`,
        ['dim', weight < 1 ? ` weight ${weight.toFixed(1)}` : ''],
        ['dim', delay > 0 ? ` next try in ${ms(delay)} ms` : ''],
        ' ',
        ...slots.map(({ state }) => MARKS[state as Owned]),
      ];
    }),
    [row('all', [...count(view.slots), resets, reconnects]), `  ${view.stats.owned} of ${view.stats.max} slots`],
  ];
}

function requests({ stats, tally, roundTrips }: View): Span[][] {
  const { sent, answered, lost, cancelled, retries } = tally;
  const open = sent - answered - lost - cancelled;
  return [
    [
      ['bold', `${roundTrips} round trips/s`],
      '   waiters ',
      [stats.waiting > 0 ? 'yellow' : 'dim', String(stats.waiting)],
    ],
    [`sent ${sent}  answered ${answered}  lost ${lost}  cancelled ${cancelled}  under way ${open}  retries ${retries}`],
  ];
}

function latencies({ stats }: View): Span[][] {
  const row = (name: string, cells: readonly string[]): string =>
    [name.padEnd(17), ...cells.map((cell) => cell.padStart(8))].join('');
  const kinds = [
    ['round trip', stats.useTime],
    ['wait for a socket', stats.waitTime],
    ['connect', stats.connectTime],
  ] as const;
  return [
    [['dim', row('latency, ms', ['p50', 'p90', 'p99', 'max'])]],
    ...kinds.map(([name, { p50, p90, p99, max }]) => [row(name, [p50, p90, p99, max].map(ms))]),
  ];
}

/** The latest entries, as many as there is room for. */
function log(entries: readonly Entry[], room: number): Span[][] {
  if (room === 0) return [];
  return entries
    .slice(-room)
    .map(({ at, text, times }) => [
      ['dim', `${at.toFixed(1).padStart(6)} s  `],
      text,
      ['dim', times > 1 ? `  ${times} times` : ''],
    ]);
}

function stateSpan(state: View['status']['state'] | View['endpoints'][number]['state']): Span {
  const style = {
    up: 'green',
    degraded: 'yellow',
    connecting: 'yellow',
    down: 'red',
    failed: 'red',
    ejected: 'red',
    idle: 'dim',
    closed: 'dim',
  } as const;
  return [style[state], state];
}

function paint(line: readonly Span[], columns: number, color: boolean): string {
  let left = columns;
  let painted = '';
  for (const span of line) {
    const [style, text] = typeof span === 'string' ? [undefined, span] : span;
    const shown = text.slice(0, left);
    left -= shown.length;
    painted += style === undefined || !color || shown === '' ? shown : `\x1b[${STYLES[style]}m${shown}\x1b[0m`;
  }
  return painted;
}
