import { exponentialBackoff } from 'rxpool';
import type { Picker } from 'rxpool/balance';
import type { Failure } from './server.js';
import { World } from './world.js';

export interface ReturnConfig {
  readonly balance: Picker;
  readonly failure: Failure;
  /** As the option of the same name. @default 10 s */
  readonly slowStart?: number;
  /** As the option of the same name. @default 20 */
  readonly minPerEndpoint?: number;
}

/** Times are in ms since the failure. */
export interface Return {
  /** Connections to the server when it failed. */
  readonly connections: number;
  readonly requests: number;
  /** Requests that failed, since the failure. */
  readonly failed: number;
  readonly recoveredAt: number;
  /** When it first got its borrowers back after that. */
  readonly readmittedAt: number;
  /** The longest time that can go by before a recovery is found out, as things stood at the recovery. */
  readonly probeInterval: number;
  /** Its part of all requests, in each second since the failure, and in each since it was readmitted. */
  readonly shares: readonly number[];
  readonly sharesSinceReturn: readonly number[];
}

export const CONSECUTIVE = 3;
/** How long an answer is waited for, and the longest delay between two attempts to connect; the first ejection lasts as long as that. */
export const ANSWER_WITHIN = 1_000;
const LONGEST_DELAY = 5_000;
const OUTAGE = 10_000;
/** Long enough for the slow start after the longest of the ejections. */
const AFTERWARDS = 24_000;

/** Ten servers at 60 % of what they can do. One fails, and comes back 10 s later. */
export function returningServer({ balance, failure, slowStart = 10_000, minPerEndpoint = 20 }: ReturnConfig): Return {
  const ejection = { consecutive: CONSECUTIVE, baseTime: LONGEST_DELAY, slowStart };
  const retry = { delay: exponentialBackoff({ max: LONGEST_DELAY }) };
  const pool = { balance, ejection, retry, max: 300, minPerEndpoint };
  const world = new World({ servers: 10, answerWithin: ANSWER_WITHIN, pool });
  let probeInterval = LONGEST_DELAY;
  let readmittedAt = NaN;
  world.pool.events$.subscribe((event) => {
    if (event.type === 'ejected') probeInterval = Math.max(probeInterval, event.duration);
    if (event.type === 'readmitted') readmittedAt = world.now;
  });
  world.load(0.6, 2_000);

  const failing = 3;
  const server = world.servers[failing]!;
  const { connections } = server;
  const failedAt = world.now;
  server.fail(failure);
  world.load(0.6, OUTAGE);
  server.revive();
  const recoveredAt = world.now;
  world.load(0.6, AFTERWARDS);
  const end = world.now;
  world.drain();

  const since = world.ended.filter(({ at, latency }) => at + latency >= failedAt);
  const shares = (from: number): number[] => {
    return Array.from({ length: Math.floor((end - from) / 1_000) }, (_, second) => {
      const then = since.filter(({ at }) => Math.floor((at - from) / 1_000) === second);
      return then.filter((request) => request.server === failing).length / then.length;
    });
  };
  return {
    connections,
    requests: since.length,
    failed: since.filter(({ error }) => error !== undefined).length,
    recoveredAt: recoveredAt - failedAt,
    readmittedAt: readmittedAt - failedAt,
    probeInterval,
    shares: shares(failedAt),
    sharesSinceReturn: shares(readmittedAt),
  };
}
