import { VirtualClock } from '../../src/testing/virtual-clock.js';
import {
  webSocketSubject,
  type WebSocketSubject,
  type WebSocketSubjectConfig,
  type WebSocketSubjectEvent,
} from '../../src/websocket/index.js';
import { record, type Recording } from '../endpoint/record.js';
import { FakeWebSocket } from './fake-web-socket.js';

export interface SubjectLab {
  readonly sockets: FakeWebSocket[];
  readonly clock: VirtualClock;
  readonly subject: WebSocketSubject<unknown>;
  readonly events: Recording<WebSocketSubjectEvent>;
}

/** A subject over sockets that the test holds in its hands, in virtual time; it dials again after 100 ms. */
export function subjectLab(config: Partial<WebSocketSubjectConfig<unknown>> = {}): SubjectLab {
  const sockets: FakeWebSocket[] = [];
  const clock = new VirtualClock();
  const subject = webSocketSubject<unknown>({
    url: 'wss://prices.test/feed',
    clock,
    retry: { delay: 100 },
    create: ({ url, protocols }) => {
      const socket = new FakeWebSocket(url, protocols);
      sockets.push(socket);
      return socket;
    },
    ...config,
  });
  return { sockets, clock, subject, events: record(subject.events$) };
}

export interface OpenSubject extends SubjectLab {
  readonly socket: FakeWebSocket;
  readonly heard: Recording<unknown>;
}

/** The same, subscribed to and open. */
export function openSubject(config?: Partial<WebSocketSubjectConfig<unknown>>): OpenSubject {
  const lab = subjectLab(config);
  const heard = record(lab.subject);
  const [socket] = lab.sockets as [FakeWebSocket];
  socket.accept();
  return { ...lab, socket, heard };
}

/** Its connection is lost, and a further one is up. */
export function reconnect({ sockets, clock }: SubjectLab): FakeWebSocket {
  sockets.at(-1)!.shut(1006);
  clock.advance(100);
  const socket = sockets.at(-1)!;
  socket.accept();
  return socket;
}
