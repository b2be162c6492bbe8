import {
  AcquireTimeoutError,
  BudgetExceededError,
  ConnectionLostError,
  LimitExceededError,
  PoolClosedError,
  QueueFullError,
  RetriesExhaustedError,
  UnavailableError,
} from '../../src/index.js';
import { rule } from './breach.js';
import type { Client } from './client.js';
import type { World } from './world.js';

/** Somebody got nothing: the reason must be one, and true. */
export function checkReason(world: World, client: Client, error: unknown): void {
  const { clock, settings, clients } = world;
  const isLate = client.face === 'worker' || clock.now() >= client.deadline;
  const isAborted = client.signal?.aborted === true;
  if (error instanceof AcquireTimeoutError) {
    rule(isLate, 'no timeout comes before its time', () => client.name);
  } else if (error instanceof BudgetExceededError) {
    rule(settings.budget !== Infinity, 'only a budget is exceeded');
    rule(isLate || isAborted, 'no timeout comes before its time', () => client.name);
  } else if (error instanceof UnavailableError) {
    if (wantsWhatIsGone(world, client)) return;
    rule(settings.pool.failFast, 'only who fails fast hears that nothing is up');
    // A promise tells it later, and something else may be named by then.
    const isKnown = world.source === undefined || client.standsInLine;
    rule(!isKnown || !isAnyUp(world, client), 'nothing is up when it says so', () => client.name);
  } else if (error instanceof LimitExceededError) {
    rule(settings.many?.overLimit === 'error', 'only who does not wait for leave is over a limit');
    rule(
      !client.standsInLine || world.limits?.mayRefuse(client.key) === true,
      'who is over a limit is',
      () => client.name,
    );
  } else if (error instanceof QueueFullError) {
    rule(settings.pool.maxWaiting !== Infinity, 'only a queue with an end is full');
  } else if (error instanceof PoolClosedError) {
    rule(clients.isPoolClosing, 'the pool is closed when it says so');
  } else if (error instanceof RetriesExhaustedError) {
    const { retryCount, retryDelay, shouldRetry } = settings;
    rule(retryCount !== Infinity || retryDelay === 'gives up' || shouldRetry, 'only who may give up does');
  } else {
    rule(isAborted && error === client.signal.reason, 'a waiter fails for a known reason', () => String(error));
  }
}

/** Whether every endpoint that could serve it is down, and says so. */
export function isHopeless({ pool }: World, client: Client): boolean {
  // Those who know no endpoint yet wait until they do.
  if (pool.endpoints.length === 0) return false;
  return pool.endpoints.every(({ address, open, status: { state, error } }) => {
    if (!client.takes(address)) return true;
    // After the loss of a connection that had lived nothing is known to be wrong, and it is worth the wait.
    return open === 0 && (state === 'failed' || (state === 'down' && !(error instanceof ConnectionLostError)));
  });
}

/** Whether some endpoint that could serve it has a connection, or nothing against it. */
function isAnyUp({ pool }: World, client: Client): boolean {
  return pool.endpoints.some(({ address, open, status: { error } }) => {
    return client.takes(address) && (open > 0 || error === undefined);
  });
}

/** Whether it wants an endpoint that is no longer named. What a promise tells later may be named again. */
function wantsWhatIsGone({ pool, source }: World, { endpoint, standsInLine }: Client): boolean {
  if (source === undefined || endpoint === undefined) return false;
  return !standsInLine || !pool.endpoints.some(({ address }) => address === endpoint);
}
