const warnings: Error[] = [];

/** Takes note of every warning of this process from now on. */
export function watchWarnings(): void {
  process.on('warning', (warning) => warnings.push(warning));
}

/** An error for each warning since this was asked last, with the stack of its cause. */
export function takeWarnings(): Error[] {
  return warnings.splice(0).map((warning) => {
    // Not the warning itself: it may carry an emitter with all that hangs on it.
    const error = new Error(`The process has been warned: ${String(warning)}`);
    error.stack = warning.stack ?? error.message;
    return error;
  });
}
