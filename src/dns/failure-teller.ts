import type { DiscoveryConfig } from './discovery-config.js';
import type { DiscoveryError } from './discovery-error.js';

/** Tells of a failure. `isFirst` = the time before there was none. Never throws. */
export type FailureTeller = (error: DiscoveryError, isFirst: boolean) => void;

export function failureTeller({ onError }: Pick<DiscoveryConfig, 'onError'>): FailureTeller {
  if (onError === undefined) {
    return (error, isFirst) => {
      if (isFirst) process.emitWarning(error);
    };
  }
  return (error) => {
    try {
      onError(error);
    } catch {
      // A source goes on, whatever becomes of those who are told.
    }
  };
}
