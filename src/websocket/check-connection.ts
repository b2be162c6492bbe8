import { checkConfig } from '../endpoint/check-config.js';
import type { ConnectionOptions } from './connection-options.js';
import { heartbeatRules } from './heartbeat-config.js';
import { parseUrl } from './parse-url.js';
import type { WebSocketLike } from './web-socket-like.js';

/** What the rules of single options do not say. @throws TypeError or RangeError naming the option */
export function checkConnection(subject: string, options: ConnectionOptions<WebSocketLike>): void {
  const { url, headers, create, heartbeat } = options;
  checkConfig(`${subject}: heartbeat`, heartbeat, heartbeatRules);
  if ((url as unknown) === undefined) throw new TypeError(`${subject}: there must be a url`);
  if (typeof url === 'string' || url instanceof URL) parseUrl(subject, url);
  const message = heartbeat?.message;
  if (typeof message === 'object' && !ArrayBuffer.isView(message)) {
    throw new TypeError(`${subject}: heartbeat: message must be text, bytes or a function that makes it`);
  }
  if (create !== undefined) return;
  if (headers !== undefined) {
    throw new TypeError(`${subject}: headers need create, because the platform's WebSocket takes none`);
  }
  if (heartbeat !== undefined && message === undefined) {
    throw new TypeError(
      `${subject}: heartbeat: without create there must be a message, because the platform cannot ping`,
    );
  }
  if (typeof (globalThis as { WebSocket?: unknown }).WebSocket !== 'function') {
    throw new TypeError(`${subject}: there is no WebSocket on this platform: pass create, for example with that of ws`);
  }
}
