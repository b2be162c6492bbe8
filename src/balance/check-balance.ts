import type { Balance } from './balance.js';
import type { Picker } from './picker.js';
import { roundRobin } from './round-robin.js';

/** A balance from what an option may be; nothing means `roundRobin()`. */
export function checkBalance(subject: string, value: unknown, option = 'balance'): Balance {
  if (value === undefined) return { picker: roundRobin() };
  if (isPicker(value)) return { picker: value };
  if (isBalance(value)) return value;
  throw new TypeError(
    `${subject}: ${option} must be ${PICKER}, or what failover() or consistentHash() return, got ${show(value)}`,
  );
}

/** A picker, where nothing else will do. */
export function checkPicker(subject: string, value: unknown, option: string): Picker {
  if (isPicker(value)) return value;
  throw new TypeError(`${subject}: ${option} must be ${PICKER}, got ${show(value)}`);
}

const PICKER = 'a picker such as roundRobin(), a function of (candidates, random) or an object with a function `rank`';

function isPicker(value: unknown): value is Picker {
  return (
    typeof value === 'function' || (isObject(value) && isFunction(value['rank']) && maybeFunction(value['picked']))
  );
}

function isBalance(value: unknown): value is Balance {
  return isObject(value) && isPicker(value['picker']) && maybeFunction(value['scope']) && maybeFunction(value['ring']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function maybeFunction(value: unknown): boolean {
  return value === undefined || isFunction(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'an array';
  return isObject(value) ? `an object with ${Object.keys(value).join(', ') || 'nothing in it'}` : String(value);
}
