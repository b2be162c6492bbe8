import type { PooledEndpoint } from './pooled-endpoint.js';

/** What the stock asks of the pool it belongs to. */
export interface StockOwner<C> {
  /** There may be something to do. */
  settle(): void;
  /** Something is due at `at`. */
  wakeBy(at: number): void;
  /** Whether somebody waits whom a connection of the endpoint could serve. */
  isWanted(endpoint: PooledEndpoint<C>): boolean;
  /** Whether an idle connection of the endpoint may go without being replaced. */
  isSpare(endpoint: PooledEndpoint<C>): boolean;
  /** Whether the endpoint has as many connections as others have, by weight, and will get no more weight. */
  isFilled(endpoint: PooledEndpoint<C>): boolean;
  /** Whether the endpoint is ejected. */
  isOut(endpoint: PooledEndpoint<C>): boolean;
  /** Whether there are more connections than `max`, since it was made smaller. */
  isSurplus(): boolean;
}
