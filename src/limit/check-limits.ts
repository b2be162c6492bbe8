import type { Limit } from './limit.js';

/** @throws TypeError for what is no list of limits, or names one twice. */
export function checkLimits(subject: string, limits: unknown): void {
  if (limits === undefined) return;
  if (!Array.isArray(limits) || !limits.every(isLimit)) {
    throw new TypeError(`${subject}: limits must be an array of limits, made by quota or rateLimit`);
  }
  if (new Set(limits).size < limits.length) throw new TypeError(`${subject}: limits has the same limit twice`);
}

function isLimit(value: unknown): value is Limit {
  return typeof (value as Partial<Limit> | undefined | null)?.enter === 'function';
}
