import type { SimulatedSocket } from '../../src/testing/index.js';
import { rule } from './breach.js';
import { SLOWEST_ANSWER } from './hooks.js';
import type { Settings } from './settings.js';
import type { SocketRecord } from './socket-record.js';

/** Listeners that a socket has again at each grant. */
const LISTENED = ['data', 'readable', 'end', 'close', 'error', 'drain', 'timeout', 'finish', 'connect', 'newListener'];

/** What is lent is fit to be lent, as far as its age and its checks go. */
export function checkAge(record: SocketRecord, settings: Settings, now: number): void {
  const { maxLifetime, maxUses, hookTimeout } = settings.pool;
  rule(!record.isDoomed, 'what is to be replaced is not lent');
  rule(record.uses < maxUses, 'nothing is lent more often than maxUses', () => `${record.uses} times before`);
  const prepared = settings.prepare.length > 0 ? hookTimeout : 0;
  rule(
    now < record.openedAt + maxLifetime + prepared,
    'nothing is lent after its maxLifetime',
    () => `opened at ${record.openedAt}, now ${now}`,
  );
}

/** What has rested for longer than `validateAfter`, or since before another one was lost, was validated before it is lent. */
export function checkValidated(record: SocketRecord, settings: Settings, now: number, lossAt: number): void {
  const { clean, prepare, poolValidate, validate } = settings;
  if (poolValidate.length + validate.length === 0) return;
  const isSlow = clean.length + prepare.length > 0;
  const { validateAfter, hookTimeout } = settings.pool;
  const since = Math.max(record.openedAt, record.returnedAt);
  const asked = Math.max(since, record.validatedAt);
  rule(
    now - asked <= validateAfter + hookTimeout,
    'what has rested for long is validated before it is lent',
    () => `rested since ${since}, validated at ${record.validatedAt}, now ${now}`,
  );
  if (isSlow) return;
  rule(
    now - since <= validateAfter || record.validatedAt >= since,
    'what has rested for long is validated before it is lent',
    () => `rested since ${since}, never validated, now ${now}`,
  );
  rule(
    since >= lossAt || record.validatedAt >= lossAt - SLOWEST_ANSWER,
    'what was idle when another one was lost is validated before it is lent',
    () => `rested since ${since}, validated at ${record.validatedAt}, lost at ${lossAt}`,
  );
}

/** What is lent to somebody alone is as it was when it was new. */
export function checkAsNew(socket: SimulatedSocket, record: SocketRecord, settings: Settings): void {
  const listeners = LISTENED.map((event) => socket.listenerCount(event));
  const isFirst = record.listeners === undefined;
  record.listeners ??= listeners;
  const before = record.listeners;
  const isRead = settings.handler === 'reads';
  // What a server says first is for the first borrower.
  const mayBeUnread = isFirst || settings.pool.onIdleData === 'keep' || record.isAllocated;
  rule(mayBeUnread || socket.readableLength === 0, 'nothing is unread on what is lent');
  // One that is read for good flows again a tick after a borrower has paused it.
  rule((socket.readableFlowing !== null) === isRead, 'what is lent flows as it did when it was new');
  rule(socket.readableEncoding === null, 'what is lent has no encoding');
  rule((socket.timeout ?? 0) === 0, 'what is lent has no timeout');
  rule(socket.writableCorked === 0, 'what is lent is not corked');
  rule(
    listeners.every((count, i) => count === before[i]),
    'what is lent has no listeners of the borrower before',
    () => LISTENED.map((event, i) => `${event} ${before[i] ?? 0} -> ${listeners[i] ?? 0}`).join(', '),
  );
}
