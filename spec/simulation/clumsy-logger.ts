import type { Logger } from '../../src/index.js';
import type { Random } from '../pool/random.js';
import { rule, type Breaches } from './breach.js';

/** A logger that fails now and then, in each way that there is. */
export function clumsyLogger(kind: 'levels' | 'print', random: Random, breaches: Breaches, wrote: () => void): Logger {
  const write = (line: string): unknown => {
    breaches.guard(() => rule(!/[\r\n]/.test(line), 'an event is one line in the log', () => line));
    wrote();
    const luck = random.next();
    if (luck < 0.05) throw new Error('the logger has thrown');
    return luck < 0.1 ? Promise.reject(new Error('the logger has failed')) : undefined;
  };
  return kind === 'print' ? { print: write } : { debug: write, info: write, warn: write, error: write };
}
