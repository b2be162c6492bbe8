import type { Bug } from '../bug.js';

const stock = 'src/pool/stock.ts';
const health = 'src/pool/health.ts';
const picker = 'src/pool/lender.ts';

/** Bugs in the checks before and after a loan. */
export const HOOK_BUGS: readonly Bug[] = [
  {
    name: 'arrived-during-the-check',
    breaks: 'a connection on which something has arrived while it was checked is lent all the same',
    rule: 'raw and as new',
    file: stock,
    find: 'const isGood = ok && this.host.usable(slot);',
    replace: 'const isGood = ok;',
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'slot-leaked-by-late-no',
    breaks: 'a connection whose hook says no later stays checking for ever',
    rule: 'no unhandled error',
    file: stock,
    find: `      if (isGood) this.offer(slot, this.clock.now(), check.wasIdle);
      else this.shut(slot, 'unhealthy');
`,
    replace: `      if (isGood) this.offer(slot, this.clock.now(), check.wasIdle);
`,
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'slot-leaked-by-failed-restore',
    breaks: 'a connection that cannot be restored stays checking for ever',
    rule: 'no unhandled error',
    file: stock,
    find: `    if (isGood) this.offer(slot, now, wasIdle);
    else if (isGood === false) this.shut(slot, 'unhealthy');
`,
    replace: `    if (isGood) this.offer(slot, now, wasIdle);
`,
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'slot-leaked-by-failed-validate',
    breaks: 'a connection that is found invalid stays checking for ever',
    rule: 'no unhandled error',
    file: picker,
    find: `    else if (isGood === false) stock.shut(slot, 'unhealthy');
`,
    replace: '',
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'offered-after-its-restore-lost-it',
    breaks: 'a connection that is closed from within restore becomes idle all the same',
    rule: 'state first',
    file: stock,
    find: `    if (!this.table.isChecking(slot, connection)) return;
`,
    replace: ``,
    hints: ['spec/pool/reentrancy.spec.ts'],
  },
  {
    name: 'lent-after-its-validate-lost-it',
    breaks: 'a connection that is closed from within validate or usable is lent all the same',
    rule: 'state first',
    file: picker,
    find: `check('validate', slot);
    if (!table.isChecking(slot, connection)) return false;
`,
    replace: `check('validate', slot);
`,
    hints: ['spec/pool/reentrancy.spec.ts'],
  },
  {
    name: 'nobody-wakes-for-a-hook',
    breaks: 'a hook that hangs is noticed only when something else is due',
    rule: 'no unhandled error',
    file: health,
    find: `      this.owner.wakeBy(deadline);
`,
    replace: '',
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'old-ticket-accepted',
    breaks: 'the late answer of an earlier check counts for the one that runs now',
    rule: 'no unhandled error',
    file: health,
    find: 'if (check?.ticket !== ticket) return undefined;',
    replace: 'if (check === undefined) return undefined;',
    hints: ['spec/pool/pool-core.spec.ts'],
  },
  {
    name: 'validates-at-each-grant',
    breaks: 'validateAfter is ignored, and each borrow costs a ping',
    rule: 'bare hot path',
    file: picker,
    find: 'if (now - checkedAt <= this.config.validateAfter && checkedAt > endpoint.suspectAt) return false;',
    replace: '',
    hints: ['spec/pool/hooks.spec.ts'],
  },
  {
    name: 'validating-never-counted-down',
    breaks: 'a check that has ended goes on counting as one that will serve a waiter',
    rule: 'no waiter forgotten',
    file: health,
    find: 'if (check !== undefined) this.count(check.hook, slot, -1);',
    replace: '',
    hints: ['spec/pool/random-walk.spec.ts'],
  },
  {
    name: 'anything-but-false-means-yes',
    breaks: 'a hook that answers with nothing in particular is taken to have said yes',
    rule: 'no unhandled error',
    file: 'src/pool/settle-answer.ts',
    find: 'if (isLate) later(ok === true);',
    replace: 'if (isLate) later(ok !== false);',
    hints: ['spec/pool/settle-answer.spec.ts'],
  },
];
