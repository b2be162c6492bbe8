/** Names a target for people: what is asked for at each attempt is not known yet. */
export function addressOf({
  host = 'localhost',
  port,
  path,
}: {
  host?: unknown;
  port?: unknown;
  path?: unknown;
}): string {
  if (path !== undefined) return typeof path === 'string' ? path : '(dynamic path)';
  const at = typeof host === 'string' ? (host.includes(':') ? `[${host}]` : host) : '(dynamic)';
  return `${at}:${typeof port === 'number' || typeof port === 'string' ? String(port) : '(dynamic)'}`;
}
