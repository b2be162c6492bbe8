import { first, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { WebSocketSubject } from '../../src/websocket/index.js';
import { record } from '../endpoint/record.js';
import { openSubject, reconnect, subjectLab } from './subject-lab.js';

/** The prices of one symbol. */
function prices(subject: WebSocketSubject<unknown>, symbol: string): Observable<unknown> {
  return subject.multiplex(
    () => `+${symbol}`,
    () => `-${symbol}`,
    (value) => (value as { symbol?: string }).symbol === symbol,
  );
}

const text = { serializer: (value: unknown) => String(value) };

describe('a multiplexed subscription', () => {
  it('asks the server, takes what is its own, and tells the server of its end', () => {
    const { subject, sockets } = subjectLab(text);
    const euro = record(prices(subject, 'EUR'));
    const yen = record(prices(subject, 'JPY'));
    const [socket] = sockets as [(typeof sockets)[0]];
    socket.accept();
    socket.receive('{"symbol":"EUR","price":1}');
    socket.receive('{"symbol":"JPY","price":2}');
    euro.stop();
    expect([euro.values, yen.values]).toEqual([[{ symbol: 'EUR', price: 1 }], [{ symbol: 'JPY', price: 2 }]]);
    expect(socket).toMatchObject({ sent: ['+EUR', '+JPY', '-EUR'], closedWith: [] });
    yen.stop();
    expect(socket).toMatchObject({ sent: ['+EUR', '+JPY', '-EUR', '-JPY'], closedWith: [[1000]] });
  });

  it('asks each further connection, before what waits', () => {
    const lab = openSubject(text);
    record(prices(lab.subject, 'EUR'));
    const yen = record(prices(lab.subject, 'JPY'));
    lab.socket.shut(1006);
    lab.subject.next('late');
    record(prices(lab.subject, 'CHF'));
    yen.stop();
    lab.clock.advance(100);
    lab.sockets[1]!.accept();
    expect(lab.sockets[1]!.sent).toEqual(['+EUR', 'late', '+CHF']);
    expect(reconnect(lab).sent).toEqual(['+EUR', '+CHF']);
  });

  it('keeps its place among other messages', () => {
    const lab = subjectLab(text);
    lab.subject.next('login');
    record(prices(lab.subject, 'EUR'));
    lab.subject.next('more');
    lab.sockets[0]!.accept();
    expect(lab.sockets[0]!.sent).toEqual(['login', '+EUR', 'more']);
  });

  it('says nothing of one that the server does not know of', () => {
    const lab = subjectLab(text);
    const all = record(lab.subject);
    record(prices(lab.subject, 'EUR')).stop();
    lab.sockets[0]!.accept();
    const yen = record(prices(lab.subject, 'JPY'));
    lab.sockets[0]!.shut(1006);
    yen.stop();
    lab.clock.advance(100);
    lab.sockets[1]!.accept();
    expect([lab.sockets[0]!.sent, lab.sockets[1]!.sent]).toEqual([['+JPY'], []]);
    all.stop();
  });

  it('does not tell a further connection of an end that the lost one was to hear', () => {
    const lab = openSubject(text);
    const euro = record(prices(lab.subject, 'EUR'));
    lab.socket.bufferedAmount = Infinity;
    euro.stop();
    expect(reconnect(lab).sent).toEqual([]);
  });

  it('is neither counted nor dropped', () => {
    const { subject, sockets } = subjectLab({ ...text, maxQueued: 1, overflow: 'dropOldest' });
    record(prices(subject, 'EUR'));
    subject.next('one');
    subject.next('two');
    record(prices(subject, 'JPY'));
    expect([subject.queued, subject.dropped]).toEqual([1, 1]);
    sockets[0]!.accept();
    expect(sockets[0]!.sent).toEqual(['+EUR', 'two', '+JPY']);
  });

  it('makes its message anew each time, and fails alone where that fails', () => {
    const lab = openSubject(text);
    let count = 0;
    const begin = (): string => {
      if (++count === 3) throw new Error('no more');
      return `+${count}`;
    };
    const mine = record(
      lab.subject.multiplex(
        begin,
        () => '-',
        () => true,
      ),
    );
    expect(reconnect(lab).sent).toEqual(['+2']);
    expect(reconnect(lab).sent).toEqual([]);
    expect([mine.errors, lab.heard.errors]).toEqual([[new Error('no more')], []]);
    expect(reconnect(lab).sent).toEqual([]);
  });

  it.each(['subMsg', 'messageFilter'])('gets the error of its own %s', (which) => {
    const { subject, heard, socket } = openSubject(text);
    const fail = (): never => {
      throw new Error('mistake');
    };
    const mine = record(subject.multiplex(which === 'subMsg' ? fail : () => '+', () => '-', fail));
    socket.receive('1');
    expect([mine.errors, heard.values, heard.errors]).toEqual([[new Error('mistake')], [1], []]);
  });

  it('ends without a word where its unsubMsg fails', () => {
    const { subject, socket } = openSubject(text);
    const mine = record(
      subject.multiplex(
        () => '+',
        () => {
          throw new Error('mistake');
        },
        () => true,
      ),
    );
    mine.stop();
    expect(socket.sent).toEqual(['+']);
  });

  it('ends with the connection, and may end by itself', () => {
    const { subject, socket } = openSubject(text);
    const one = record(prices(subject, 'EUR').pipe(first()));
    const all = record(prices(subject, 'EUR'));
    socket.receive('{"symbol":"EUR"}');
    subject.complete();
    socket.shut(1000);
    expect([one.completed, all.completed]).toEqual([true, true]);
    expect(socket.sent).toEqual(['+EUR', '+EUR', '-EUR']);
  });
});
