import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { ListedServer } from '../dns/server-address.js';
import { parseTarget } from '../tcp/parse-target.js';

const PORTS: Rule = { integer: [1, 65_535] };

const entryRules: Readonly<Record<'host' | 'port' | 'weight' | 'priority', Rule>> = {
  host: { is: 'string' },
  port: PORTS,
  weight: { number: [0.001, 1_000_000] },
  priority: { integer: [0, 65_535] },
};

/** Reads a list of servers. @throws Error, TypeError or RangeError for what is none, naming the entry and what is allowed */
export function listedServers(text: string): ListedServer[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) {
    throw new TypeError('the list must be an array of "host:port" and { "host", "port", "weight", "priority" }');
  }
  return list.map((entry: unknown, i) => serverOf(`entry ${String(i + 1)} of ${String(list.length)}`, entry));
}

function serverOf(subject: string, entry: unknown): ListedServer {
  const given = typeof entry === 'string' ? parseTarget(subject, entry) : entry;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${subject} must be "host:port" or { "host", "port", "weight", "priority" }`);
  }
  checkConfig(subject, given, entryRules);
  const { host, port, weight = 1, priority = 0 } = given as Partial<ListedServer>;
  if (host === undefined || host === '' || port === undefined) {
    throw new TypeError(`${subject} must have a host and a port`);
  }
  return { host, port, name: host, weight, priority };
}
