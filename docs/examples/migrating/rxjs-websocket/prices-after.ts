import type { Observable } from 'rxjs';
import { webSocketSubject as webSocket, type WebSocketSubject } from 'rxpool/websocket';

export interface Message {
  readonly symbol?: string;
  readonly price?: number;
  readonly subscribe?: string;
  readonly unsubscribe?: string;
}

export function openFeed(url: string, WebSocketCtor: typeof WebSocket): WebSocketSubject<Message> {
  return webSocket<Message>({ url, WebSocketCtor });
}

export function pricesOf(feed: WebSocketSubject<Message>, symbol: string): Observable<Message> {
  return feed.multiplex(
    () => ({ subscribe: symbol }),
    () => ({ unsubscribe: symbol }),
    (message) => message.symbol === symbol,
  );
}
