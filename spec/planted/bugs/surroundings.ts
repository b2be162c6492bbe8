import type { Bug } from '../bug.js';

/** Bugs in what stands around a pool: handlers, loggers, signals, the registry, the scaling. */
export const SURROUNDINGS_BUGS: readonly Bug[] = [
  {
    name: 'handler-hears-on-connect-twice',
    breaks: 'each later connection of a slot is its first one, for the handler',
    rule: 'contract',
    file: 'src/pool/slot-handlers.ts',
    find: `    told.resetAt = at;
`,
    replace: '',
    hints: ['spec/pool/slot-handlers.spec.ts'],
  },
  {
    name: 'logger-failure-escapes',
    breaks: 'what a logger throws reaches whoever caused the event',
    rule: 'no unhandled error',
    file: 'src/pool/logger.ts',
    find: '    } catch {',
    replace: '    } finally {',
    hints: ['spec/pool/logger.spec.ts'],
  },
  {
    name: 'second-signal-ignored',
    breaks: 'a process that is told to end a second time goes on waiting for what is lent',
    rule: 'contract',
    file: 'src/node/close-on-signals.ts',
    find: `      void closeAll({ borrowed: 'destroy' });
`,
    replace: '',
    hints: ['spec/node/close-on-signals.spec.ts'],
  },
  {
    name: 'name-free-too-early',
    breaks: 'a name can be taken again while the sockets of its pool are still closing',
    rule: 'contract',
    file: 'src/pool/create-registry.ts',
    find: 'pool.status$.subscribe({ complete: () => this.pools.delete(name) });',
    replace: "pool.status$.subscribe(({ state }) => state === 'closed' && this.pools.delete(name));",
    hints: ['spec/pool/registry.spec.ts'],
  },
  {
    name: 'shrinks-at-once',
    breaks: 'autoscale gives up what it has just opened, and opens it again, as the load goes up and down',
    rule: 'contract',
    file: 'src/pool/scaling.ts',
    find: `    if (lowFor < shrinkAfter) return undefined;
`,
    replace: '',
    hints: ['spec/pool/autoscale.spec.ts'],
  },
];
