const SCHEMES: readonly string[] = ['ws:', 'wss:', 'http:', 'https:'];

/** The URL that a text stands for, on a page relative to it. @throws TypeError for one that no WebSocket can have, without its query */
export function parseUrl(subject: string, url: unknown): URL {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  let parsed: URL | undefined;
  try {
    if (typeof url === 'string' || url instanceof URL) parsed = new URL(url, location?.href);
  } catch {
    // It is told below, without what may be secret.
  }
  if (parsed !== undefined && SCHEMES.includes(parsed.protocol)) {
    // Not every WebSocket knows what is meant.
    parsed.protocol = parsed.protocol.replace('http', 'ws');
    return parsed;
  }
  const got = parsed === undefined ? typeof url : parsed.protocol;
  throw new TypeError(
    `${subject}: url must be one of ws:, wss:, http: or https:, got ${got === 'string' ? 'another text' : got}`,
  );
}

/** Names where it leads, without what may be secret. */
export function addressOf(url: unknown): string {
  if (typeof url !== 'string' && !(url instanceof URL)) return '(dynamic url)';
  const { protocol, host, pathname } = parseUrl('webSocket', url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
