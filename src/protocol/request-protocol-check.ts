import { checkConfig, type Rule } from '../endpoint/check-config.js';

const rules: Readonly<Record<string, Rule>> = {
  frames: { is: 'function' },
  encode: { is: 'function' },
  idOf: { is: 'function' },
  isPush: { is: 'function' },
  isLast: { is: 'function' },
  answer: { is: 'function' },
  maxId: { integer: [1, Number.MAX_SAFE_INTEGER] },
};

/**
 * Looks at the members that matter only: a protocol may be an object of a class, with more of them.
 *
 * @internal
 * @throws TypeError or RangeError naming what is wrong.
 */
export function checkProtocol(subject: string, protocol: unknown): void {
  if (typeof protocol !== 'object' || protocol === null) {
    throw new TypeError(`${subject}: protocol must be an object with frames and encode, got ${typeof protocol}`);
  }
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(rules)) members[name] = Reflect.get(protocol, name);
  for (const name of ['frames', 'encode']) {
    if (members[name] === undefined) throw new TypeError(`${subject}: the protocol has no ${name}`);
  }
  checkConfig(`${subject}: protocol`, members, rules);
}
