const LONGEST = 200;

/** An error in a few words: its message, or what else names it. An `AggregateError` of Node's connect has only a code. Never throws. */
export function describeError(error: unknown): string {
  try {
    const text = String(error instanceof Error ? error.message || codeOf(error) || error.name : error);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return 'an error that cannot be shown';
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
