const SCHEMES: readonly string[] = ['http:', 'https:', 'ws:', 'wss:'];

/** The URL that a text stands for, on a page relative to it. @throws TypeError for one that Socket.IO cannot use, without its query */
export function parseUrl(url: unknown): URL {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  let parsed: URL | undefined;
  try {
    if (typeof url === 'string' || url instanceof URL) parsed = new URL(url, location?.href);
  } catch {
    // It is told below, without what may be secret.
  }
  if (parsed !== undefined && SCHEMES.includes(parsed.protocol)) return parsed;
  const got = parsed === undefined ? typeof url : parsed.protocol;
  throw new TypeError(
    `socketIo: url must be one of http:, https:, ws: or wss:, got ${got === 'string' ? 'another text' : got}`,
  );
}

/** Names where it leads, without what may be secret. */
export function addressOf(url: unknown): string {
  if (typeof url !== 'string' && !(url instanceof URL)) return '(dynamic url)';
  const { protocol, host, pathname } = parseUrl(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
