/** A message as it is handed on: text, or bytes. */
export type WebSocketMessage = string | Uint8Array<ArrayBuffer>;

/** What a WebSocket has brought, as text or bytes; `undefined` for what is neither, as a `Blob` is. */
export function toMessage(data: unknown): WebSocketMessage | undefined {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data instanceof Uint8Array ? (data as Uint8Array<ArrayBuffer>) : undefined;
}
