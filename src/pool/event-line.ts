import { describeError } from '../endpoint/describe-error.js';
import type { PoolEvent } from './events.js';
import type { LogLevel } from './logger.js';

/** The longest piece of text from outside that a line holds, and the longest stack. */
const LONGEST = 200;
const LONGEST_STACK = 1_000;

/** What could forge a line, turn its direction or hide in it: control and format characters, line ends, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const LEVELS: Readonly<Record<PoolEvent['type'], LogLevel>> = {
  connecting: 'debug',
  opened: 'debug',
  failed: 'warn',
  lost: 'warn',
  closed: 'debug',
  queued: 'debug',
  borrowed: 'debug',
  timedOut: 'warn',
  cancelled: 'debug',
  rejected: 'warn',
  released: 'debug',
  destroyed: 'debug',
  detached: 'debug',
  leaked: 'warn',
  leftover: 'warn',
  resized: 'info',
  added: 'info',
  removed: 'info',
  ejected: 'warn',
  probing: 'info',
  readmitted: 'info',
  discoveryFailed: 'warn',
  pickerFailed: 'error',
  closing: 'info',
  drained: 'info',
};

export function levelOf(event: PoolEvent): LogLevel {
  // Held for long may be meant; dropped without a release never is.
  return event.type === 'leaked' && event.reason === 'collected' ? 'error' : LEVELS[event.type];
}

/** An event in one line, whatever is in its error. */
export function eventLine(pool: string, event: PoolEvent): string {
  const place = 'slot' in event ? ` ${cut(event.endpoint)} #${event.slot}` : '';
  return printable(`pool ${cut(pool)}: ${event.type}${place}${detailOf(event)}`);
}

/** How many lines were held back. */
export function restLine(pool: string, kind: string, count: number): string {
  return printable(`pool ${cut(pool)}: ${cut(kind)}, and ${count} more`);
}

function detailOf(event: PoolEvent): string {
  switch (event.type) {
    case 'connecting':
    case 'closing':
    case 'drained':
      return '';
    case 'failed':
    case 'lost':
    case 'pickerFailed':
    case 'discoveryFailed':
      return `: ${describeError(event.error)}`;
    case 'ejected':
      return ` ${cut(event.endpoint)} for ${ms(event.duration)}: ${event.reason}`;
    case 'added':
    case 'removed':
    case 'probing':
    case 'readmitted':
      return ` ${cut(event.endpoint)}`;
    case 'opened':
      return ` in ${ms(event.latency)}`;
    case 'closed':
      return `: ${event.reason}`;
    case 'borrowed':
    case 'timedOut':
    case 'cancelled':
      return ` after ${ms(event.waited)}`;
    case 'released':
    case 'detached':
      return ` after ${ms(event.held)}`;
    case 'destroyed':
      return ` after ${ms(event.held)}${event.error === undefined ? '' : `: ${describeError(event.error)}`}`;
    case 'leaked':
      return `: ${leakOf(event)}`;
    case 'leftover':
      return `: ${cut(event.listeners.join(', '))}`;
    case 'resized':
      return `: min ${event.min}, max ${event.max}${event.reason === undefined ? '' : `, ${cut(event.reason)}`}`;
    case 'queued':
    case 'rejected':
      return `, ${event.waiting} waiting`;
  }
}

function leakOf({ reason, held, label, stack }: Extract<PoolEvent, { type: 'leaked' }>): string {
  const how = reason === 'held' ? 'held for' : 'garbage collected after';
  const who = label === undefined ? '' : ` (${cut(label)})`;
  const where = stack === undefined ? '' : `, ${cut(stack.replace(/\s+/g, ' '), LONGEST_STACK)}`;
  return `${how} ${ms(held)}${who}${where}`;
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}

function cut(text: string, longest = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => character.split('').map(codeOf).join(''));
}

function codeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
