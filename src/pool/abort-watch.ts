/** Whoever wants to know of an abort. */
type Listener = (reason: unknown) => void;

/** Listens to abort signals with one listener for each signal, however many borrows share it. */
export class AbortWatch {
  private readonly watched = new Map<AbortSignal, { readonly listeners: Set<Listener>; readonly stop: () => void }>();

  /** Calls back when the signal aborts, until the returned function is called. */
  add(signal: AbortSignal, listener: Listener): () => void {
    const { listeners, stop } = this.watched.get(signal) ?? this.watch(signal);
    listeners.add(listener);
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) stop();
    };
  }

  private watch(signal: AbortSignal): { readonly listeners: Set<Listener>; readonly stop: () => void } {
    const listeners = new Set<Listener>();
    const aborted = (): void => {
      stop();
      for (const listener of [...listeners]) listener(signal.reason);
    };
    const stop = (): void => {
      this.watched.delete(signal);
      signal.removeEventListener('abort', aborted);
    };
    signal.addEventListener('abort', aborted);
    const watch = { listeners, stop };
    this.watched.set(signal, watch);
    return watch;
  }
}
