import { median, pairwise, quantile, type Samples } from './harness.js';

/** A line of the table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly beside: string;
  readonly ratio: string;
  /** Its 10th and 90th percentile over the rounds. */
  readonly spread: string;
  readonly target: string;
  readonly verdict: 'met' | 'MISSED' | '';
}

/** What a case is given, and what it returns. */
export interface CaseContext {
  /** Fewer rounds: to see that it runs, not to quote. */
  readonly quick: boolean;
  /** Tells how much of the case is done, from 0 to 1. */
  readonly progress: (share: number) => void;
}
export type Case = (context: CaseContext) => Row[] | Promise<Row[]>;

export interface Contender {
  readonly name: string;
  readonly samples: Samples;
}

export interface Target {
  readonly atMost?: number;
  readonly atLeast?: number;
}

type Unit = 'ns' | 'µs' | 'ms' | 'bytes' | 'borrows/s' | 'dials' | '';

/** Our cost as a multiple of the other's. */
export function cost(what: string, unit: Unit, ours: Samples, beside: Contender, target: Target = {}): Row {
  const ratios = pairwise(ours, beside.samples, (a, b) => a / b);
  return {
    ...judged(what, ratios, (n) => `${round(n)}×`, target),
    ours: show(median(ours), unit),
    beside: `${beside.name} ${show(median(beside.samples), unit)}`,
  };
}

/** How many times faster we are: their time over ours. */
export function speed(what: string, unit: Unit, ours: Samples, beside: Contender, target: Target = {}): Row {
  const ratios = pairwise(ours, beside.samples, (a, b) => b / a);
  return {
    ...judged(what, ratios, (n) => `${round(n)}× faster`, target),
    ours: show(median(ours), unit),
    beside: `${beside.name} ${show(median(beside.samples), unit)}`,
  };
}

/** What we cost more than the other. */
export function surplus(what: string, unit: Unit, ours: Samples, beside: Contender, target: Target = {}): Row {
  const differences = pairwise(ours, beside.samples, (a, b) => a - b);
  return {
    ...judged(what, differences, (n) => `${n < 0 ? '−' : '+'}${show(Math.abs(n), unit)}`, target),
    ours: show(median(ours), unit),
    beside: `${beside.name} ${show(median(beside.samples), unit)}`,
  };
}

/** A figure with a bound of its own. */
export function figure(
  what: string,
  unit: Unit,
  ours: Samples,
  target: Target,
  beside: readonly Contender[] = [],
): Row {
  return {
    ...judged(what, ours, (n) => show(n, unit), target),
    ours: show(median(ours), unit),
    beside: beside.map(({ name, samples }) => `${name} ${show(median(samples), unit)}`).join(', '),
    ratio: '',
  };
}

/** Whether rows are within their targets is decided by the median. */
function judged(
  what: string,
  values: Samples,
  text: (n: number) => string,
  { atMost, atLeast }: Target,
): Omit<Row, 'ours' | 'beside'> {
  const middle = median(values);
  const isMet = (atMost === undefined || middle <= atMost) && (atLeast === undefined || middle >= atLeast);
  const hasTarget = atMost !== undefined || atLeast !== undefined;
  return {
    what,
    ratio: text(middle),
    spread: `${bare(text(quantile(values, 0.1)))} – ${bare(text(quantile(values, 0.9)))}`,
    target: atMost !== undefined ? `≤ ${text(atMost)}` : atLeast !== undefined ? `≥ ${text(atLeast)}` : '',
    verdict: hasTarget ? (isMet ? 'met' : 'MISSED') : '',
  };
}

function bare(text: string): string {
  return text.replace(/×.*| .*/, '');
}

function show(value: number, unit: Unit): string {
  return `${round(value)} ${unit}`.trimEnd();
}

/** Three significant digits, thousands apart. */
function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en');
}
