import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { ConnectionHandler } from '../endpoint/to-handler.js';
import type { Connection } from './connection.js';
import type { PoolCore } from './pool-core.js';
import type { SlotHandlers } from './slot-handlers.js';
import type { SlotStateName } from './slot-state.js';
import type { Slot } from './slot.js';

export interface SlotCloseConfig {
  /** Take the connection from whoever has it, instead of waiting for its release. @default false */
  readonly force?: boolean | undefined;
}

const slotCloseRules: Readonly<Record<keyof SlotCloseConfig, Rule>> = { force: { is: 'boolean' } };

/** One slot, as it is at the moment. Durations in ms. */
export interface SlotView<S = unknown, D = unknown> {
  readonly index: number;
  /** The endpoint's address. */
  readonly endpoint: string;
  readonly state: SlotStateName;
  /** Since the connection opened. */
  readonly age: number;
  /** How long it took to open. */
  readonly latency: number;
  /** Loans of this connection that have ended. */
  readonly uses: number;
  /** How long it has been lent, by its latest loan; 0 while it is not. */
  readonly inUse: number;
  /** Leases that are out. */
  readonly leases: number;
  /** What the pool's `handler` has made for this slot. */
  readonly handler: ConnectionHandler<S, D> | undefined;
  /** Closes the connection. Another is opened when one is needed. */
  reset(config?: SlotCloseConfig): void;
  /** Closes the connection for good: the slot takes no further one, and the pool can hold one less. */
  close(config?: SlotCloseConfig): void;
}

export function slotView<S, D>(
  slot: Slot<Connection<S, D>>,
  core: PoolCore<Connection<S, D>>,
  now: number,
  handlers: SlotHandlers<S, D> | undefined,
): SlotView<S, D> {
  const { index, endpoint, state, connection, openedAt, latency, uses, lentAt, leases } = slot;
  const isOpen = connection !== undefined;
  const isLent = state.name === 'lent';
  const reset = (isOut: boolean, config: SlotCloseConfig): void => {
    checkConfig(isOut ? 'close' : 'reset', config, slotCloseRules);
    core.reset(slot, config.force === true, isOut);
  };
  return {
    index,
    endpoint: endpoint.address,
    state: state.name,
    age: isOpen ? now - openedAt : 0,
    latency: isOpen ? latency : 0,
    uses: isOpen ? uses : 0,
    inUse: isLent ? now - lentAt : 0,
    leases: isLent ? Math.max(1, leases) : 0,
    handler: handlers?.get(index),
    reset: (config = {}) => {
      reset(false, config);
    },
    close: (config = {}) => {
      reset(true, config);
    },
  };
}
