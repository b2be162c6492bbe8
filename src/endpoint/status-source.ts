import type { Clock } from './clock.js';
import type { EndpointStatus } from './endpoint-status.js';

/** The current status of an endpoint and those who watch it. */
export class StatusSource {
  value: EndpointStatus;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly clock: Clock) {
    this.value = { state: 'idle', since: clock.now() };
  }

  /** Calls back at each change, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  set(state: EndpointStatus['state'], error: unknown, nextAttemptAt: number | undefined): void {
    const { value } = this;
    if (value.state === state && value.error === error && value.nextAttemptAt === nextAttemptAt) return;
    this.value = {
      state,
      since: value.state === state ? value.since : this.clock.now(),
      ...(error !== undefined && { error }),
      ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    };
    const set = this.value;
    for (const changed of [...this.watchers]) {
      // A watcher has caused another change, which all have been told of already.
      if (this.value !== set) return;
      changed();
    }
  }
}
