/** By this our listeners are known, also those of another copy of the package. It tells whether its pools are being closed just now. */
const IS_CLOSING = Symbol.for('rxpool.closeOnSignals@1');

interface Ours extends NodeJS.SignalsListener {
  readonly [IS_CLOSING]: () => boolean;
}

/** Calls back at each of the signals, before all others that listen to it, until the returned function is called. */
export function listen(
  signals: ReadonlySet<NodeJS.Signals>,
  called: NodeJS.SignalsListener,
  isClosing: () => boolean,
): () => void {
  // A function of its own, since a listener is known by what it is.
  const listener: Ours = Object.assign((...args: Parameters<NodeJS.SignalsListener>) => called(...args), {
    [IS_CLOSING]: isClosing,
  });
  for (const signal of signals) process.prependListener(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Whether anybody listens to the signal who is not of us. */
export function hasOtherListeners(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).some((listener) => !isOurs(listener));
}

/** Whether pools are being closed by listeners to the signal. */
export function isAnyClosing(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).some((listener) => isOurs(listener) && listener[IS_CLOSING]());
}

function isOurs(listener: object): listener is Ours {
  return IS_CLOSING in listener;
}
