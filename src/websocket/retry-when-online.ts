import { Subscription } from 'rxjs';

/** What can be told to try again at once: an endpoint, a `webSocketSubject`. */
export interface Retryable {
  retryNow(): void;
}

/** What has endpoints: a pool. */
export interface RetryablePool {
  readonly endpoints: Iterable<{ readonly endpoint: Retryable }>;
}

/** What tells of the network and of the page. */
export interface OnlineConfig {
  /** Tells `online`. @default the global scope, where it has events */
  readonly window?: EventSource | undefined;
  /** Tells `visibilitychange`. @default the global `document`, where there is one */
  readonly document?: (EventSource & { readonly visibilityState: string }) | undefined;
}

interface EventSource {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/**
 * Ends the delays of endpoints, and revives those that have given up, when the network is back and when the page is looked at again:
 * then an attempt is likely to succeed, and its user waits for it.
 *
 * Where there are neither such events nor pages, as in Node, it does nothing. Unsubscribe to end it.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { retryWhenOnline, webSocket } from 'rxpool/websocket';
 *
 * const prices = createPool(webSocket('wss://prices.example/feed'));
 * const retrying = retryWhenOnline(prices);
 * retrying.unsubscribe();
 * ```
 */
export function retryWhenOnline(target: Retryable | RetryablePool, config: OnlineConfig = {}): Subscription {
  const scope = globalThis as Partial<EventSource> & { readonly document?: OnlineConfig['document'] };
  const { window = isEventSource(scope) ? scope : undefined, document = scope.document } = config;

  function retry(): void {
    if ('retryNow' in target) target.retryNow();
    else for (const { endpoint } of target.endpoints) endpoint.retryNow();
  }

  function look(): void {
    if (document?.visibilityState === 'visible') retry();
  }

  window?.addEventListener('online', retry);
  document?.addEventListener('visibilitychange', look);
  return new Subscription(() => {
    window?.removeEventListener('online', retry);
    document?.removeEventListener('visibilitychange', look);
  });
}

function isEventSource(scope: Partial<EventSource>): scope is EventSource {
  return typeof scope.addEventListener === 'function' && typeof scope.removeEventListener === 'function';
}
