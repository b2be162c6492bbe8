import { createPool, endpoint, type Endpoint, type Pool, type Transport } from 'rxpool';
import {
  retryWhenOnline,
  send,
  webSocket,
  webSocketSubject,
  type Sent,
  type WebSocketAttempt,
  type WebSocketMessage,
} from 'rxpool/websocket';
import { of, type Observable, type Subscription } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { WebSocket as WsSocket } from 'ws';

const create = ({ url, protocols, headers }: WebSocketAttempt): WsSocket => new WsSocket(url, protocols, { headers });

describe('the types of a WebSocket', () => {
  it('are those of the platform, or of what create makes', () => {
    expectTypeOf(webSocket('ws://a.test')).toEqualTypeOf<Transport<WebSocket, WebSocketMessage>>();
    expectTypeOf(webSocket({ url: 'ws://a.test', create })).toEqualTypeOf<Transport<WsSocket, WebSocketMessage>>();
    expectTypeOf(createPool(webSocket({ url: 'ws://a.test', create }))).toEqualTypeOf<
      Pool<WsSocket, WebSocketMessage>
    >();
  });

  it('know what arrives where that is said', () => {
    const bytes = webSocket({ url: 'ws://a.test', create, messageType: 'binary' });
    expectTypeOf(endpoint(bytes)).toEqualTypeOf<Endpoint<WsSocket, Uint8Array<ArrayBuffer>>>();
    const text = webSocket({ url: 'ws://a.test', messageType: 'text' });
    expectTypeOf(text).toEqualTypeOf<Transport<WebSocket, string>>();
  });

  it('take both kinds of socket for sending', () => {
    expectTypeOf(send(new WsSocket('ws://a.test'), of('one'))).toEqualTypeOf<Observable<Sent>>();
    expectTypeOf(send).toBeCallableWith(new WebSocket('ws://a.test'), of(new Uint8Array(1)), { maxQueued: 1 });
  });
});

describe('the types of a subject', () => {
  it('are those of its values, and of the events of the platform', () => {
    const subject = webSocketSubject<{ n: number }>({
      url: 'ws://a.test',
      WebSocketCtor: WsSocket,
      deserializer: (event) => {
        expectTypeOf(event).toEqualTypeOf<MessageEvent>();
        return { n: 1 };
      },
      openObserver: { next: (event: Event) => expectTypeOf(event.type).toEqualTypeOf<string>() },
      closeObserver: { next: ({ code }: CloseEvent) => expectTypeOf(code).toEqualTypeOf<number>() },
    });
    expectTypeOf(subject.next).parameters.toEqualTypeOf<[{ n: number }]>();
    // @ts-expect-error: a value of another type
    expectTypeOf(subject.next).toBeCallableWith('one');
    expectTypeOf(retryWhenOnline(subject)).toEqualTypeOf<Subscription>();
    expectTypeOf(retryWhenOnline).toBeCallableWith(createPool(webSocket('ws://a.test')));
  });
});
