/** What the pool holds to everywhere. Each planted bug breaks one of these. */
export const RULES = {
  'one borrower': 'Never two borrowers on one socket; whatever is dialled, open or closing is owned, and at most max.',
  'state first': 'The state is made consistent before anything is told or called; events leave in order.',
  'no waiter forgotten':
    'A waiter waits for nothing for ever: one deadline, first come first served, cancel at any time.',
  'one probe': 'A dead address costs one probe at a time; running out of pool is no failure of the endpoint.',
  'no unhandled error': 'Every socket has an error listener; a hook that fails or hangs costs its own connection only.',
  'teardowns never throw': 'Teardowns never throw; a routine loss never errors an endpoint, a pool or a state stream.',
  'loss at close': 'A loss is told at close, not at end.',
  'injected time': 'Time and chance come from the configuration.',
  'bare hot path': 'No timer, no clock read and no listener for each loan.',
  'idle lets exit': 'An idle pool does not keep a process alive; a waiting or lent borrow does.',
  bounded: 'Queues, buffers, frames and lists are bounded.',
  'raw and as new': 'A borrower gets the real socket, and the next one gets it as it was new.',
  contract: 'An option or member does what its documentation says.',
} as const;

export type RuleName = keyof typeof RULES;
