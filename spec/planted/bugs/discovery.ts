import type { Bug } from '../bug.js';

const discovery = 'src/pool/discovery.ts';
const roster = 'src/pool/roster.ts';
const spec = 'spec/pool/discovery.spec.ts';

/** Bugs in how endpoints come and go. */
export const DISCOVERY_BUGS: readonly Bug[] = [
  {
    name: 'removed-but-kept-idle',
    breaks: 'the idle connections of an endpoint that is named no longer stay open',
    rule: 'contract',
    file: roster,
    find: '(one) => one.endpoint === endpoint)',
    replace: '(one) => one.endpoint === endpoint && one.state !== table.idle)',
    hints: [spec],
  },
  {
    name: 'removed-but-dialled-on',
    breaks: 'attempts at an endpoint that is named no longer go on, and take the room of others',
    rule: 'contract',
    file: roster,
    find: '(one) => one.endpoint === endpoint)',
    replace: '(one) => one.endpoint === endpoint && one.state !== table.connecting)',
    hints: [spec],
  },
  {
    name: 'removed-but-waited-for',
    breaks: 'whoever wants an endpoint that is named no longer waits for it until the deadline',
    rule: 'no waiter forgotten',
    file: roster,
    find: `    if (lanes.length > 0) dispatcher.fail(error, lanes);
`,
    replace: '',
    hints: [spec],
  },
  {
    name: 'failed-source-empties',
    breaks: 'a source that fails takes all endpoints away',
    rule: 'teardowns never throw',
    file: discovery,
    find: `    this.tell(error);
    // At least`,
    replace: `    this.take([]);
    this.tell(error);
    // At least`,
    hints: [spec],
  },
  {
    name: 'wrong-list-empties',
    breaks: 'a list with something wrong in it removes what it would have named',
    rule: 'teardowns never throw',
    file: discovery,
    find: `      this.tell(error);
      return;
`,
    replace: `      this.tell(error);
`,
    hints: [spec],
  },
  {
    name: 'source-asked-again-once',
    breaks: 'a source that has failed twice is never asked again',
    rule: 'contract',
    file: discovery,
    find: 'retry({ delay',
    replace: 'retry({ count: 1, delay',
    hints: [spec],
  },
  {
    name: 'source-backoff-never-resets',
    breaks: 'the delays of a source that works in between go on growing',
    rule: 'contract',
    file: discovery,
    find: ', resetOnSuccess: true',
    replace: '',
    hints: [spec],
  },
  {
    name: 'failed-source-holds-the-process',
    breaks: 'an idle pool whose source has failed keeps the process alive',
    rule: 'idle lets exit',
    file: 'src/endpoint/pause.ts',
    find: `    timer.unref();
`,
    replace: '',
    hints: [spec],
  },
  {
    name: 'new-priority-ignored',
    breaks: 'an endpoint that moves to another group is used as if it were in the old one',
    rule: 'contract',
    file: discovery,
    find: 'pooled.share !== weight || pooled.priority !== priority',
    replace: 'pooled.share !== weight',
    hints: [spec],
  },
];
