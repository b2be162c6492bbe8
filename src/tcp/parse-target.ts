import { checkPort } from './check-port.js';

/** Reads `'host:port'`, `'[::1]:port'` and a bare port; options are handed back as they are. */
export function parseTarget(subject: string, target: unknown): Record<string, unknown> {
  if (typeof target === 'number') return { host: 'localhost', port: checkPort(subject, target) };
  if (typeof target === 'string') {
    const [, ipv6, host = ipv6, port] = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)$/.exec(target) ?? [];
    if (host === undefined)
      throw new TypeError(`${subject}: an address must be "host:port", got ${JSON.stringify(target)}`);
    return { host, port: checkPort(subject, Number(port)) };
  }
  if (typeof target !== 'object' || target === null || Array.isArray(target)) {
    throw new TypeError(`${subject}: pass "host:port", a port, or options with a port or a path`);
  }
  const options = target as Record<string, unknown>;
  if (options['port'] === undefined && options['path'] === undefined) {
    throw new TypeError(`${subject}: options must have a port or a path`);
  }
  if (typeof options['port'] === 'number') checkPort(subject, options['port']);
  // What is undefined counts as left out, so that it does not undo a default.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
