import type { CloseLike, MessageLike, WebSocketLike } from './web-socket-like.js';

/** An instance of a class that the platform may have, or not, as far as the compiler knows. */
type Instance<Name extends string, Else> =
  typeof globalThis extends Record<Name, { readonly prototype: infer Made }> ? Made : Else;

/** The platform's `WebSocket`, where the compiler knows one. */
export type PlatformWebSocket = Instance<'WebSocket', WebSocketLike>;
export type PlatformEvent = Instance<'Event', object>;
export type PlatformMessageEvent = Instance<'MessageEvent', MessageLike>;
export type PlatformCloseEvent = Instance<'CloseEvent', CloseLike>;
