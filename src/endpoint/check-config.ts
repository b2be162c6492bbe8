/** What an option may be. Numbers are inclusive ranges; a range that ends in `Infinity` allows `Infinity` unless `integer`. */
export type Rule =
  | { readonly integer: readonly [min: number, max: number] }
  | { readonly number: readonly [min: number, max: number] }
  | { readonly oneOf: readonly unknown[] }
  | { readonly is: 'function' | 'object' | 'string' | 'boolean' }
  | { readonly anyOf: readonly Rule[] };

/**
 * Checks a config object against its rules and throws on the first breach, naming option, value and what is allowed.
 *
 * `undefined` counts as left out. An option without a rule is a `TypeError`, so that a typo cannot pass in silence; a wrong type is a
 * `TypeError`, a right type out of range a `RangeError`.
 */
export function checkConfig(subject: string, config: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (config === undefined) return;
  if (typeof config !== 'object' || config === null) {
    throw new TypeError(`${subject}: config must be an object, got ${show(config)}`);
  }
  for (const [option, value] of Object.entries(config)) {
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined;
    if (rule === undefined) {
      throw new TypeError(`${subject}: unknown option ${option}; known are ${Object.keys(rules).join(', ')}`);
    }
    if (value === undefined || allows(rule, value)) continue;
    const message = `${subject}: ${option} must be ${describe(rule)}, got ${show(value)}`;
    throw isOutOfRange(rule, value) ? new RangeError(message) : new TypeError(message);
  }
}

function allows(rule: Rule, value: unknown): boolean {
  if ('anyOf' in rule) return rule.anyOf.some((one) => allows(one, value));
  if ('oneOf' in rule) return rule.oneOf.includes(value);
  if ('is' in rule) return typeof value === rule.is && value !== null;
  const [min, max] = 'integer' in rule ? rule.integer : rule.number;
  return typeof value === 'number' && value >= min && value <= max && ('number' in rule || Number.isInteger(value));
}

function isOutOfRange(rule: Rule, value: unknown): boolean {
  if ('anyOf' in rule) return rule.anyOf.some((one) => isOutOfRange(one, value));
  if ('oneOf' in rule) return rule.oneOf.some((one) => typeof one === typeof value);
  return typeof value === 'number' && !('is' in rule);
}

function describe(rule: Rule): string {
  if ('anyOf' in rule) return rule.anyOf.map(describe).join(' or ');
  if ('oneOf' in rule) return `one of ${rule.oneOf.map(show).join(', ')}`;
  if ('is' in rule) return rule.is === 'object' ? 'an object' : `a ${rule.is}`;
  const [kind, min, max] = 'integer' in rule ? ['an integer', ...rule.integer] : ['a number', ...rule.number];
  return `${kind} from ${String(min)} to ${String(max)}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return `function ${value.name}`.trimEnd();
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
