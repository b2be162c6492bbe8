import { EMPTY, NEVER, of, Subject, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpointBrand } from '../../src/endpoint/endpoint.js';
import { FakeAsker } from './fake-asker.js';
import { fakeEndpoint, type FakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('refused');

/** An endpoint whose every delay lasts until the test ends it. */
function notified(urgentMax: number): FakeEndpoint & { readonly notifiers: Subject<void>[] } {
  const notifiers: Subject<void>[] = [];
  const delay = (): Observable<void> => {
    const notifier = new Subject<void>();
    notifiers.push(notifier);
    return notifier;
  };
  return { ...fakeEndpoint({ retry: { delay, urgentMax } }), notifiers };
}

/** After a failure one asker has waited for the notifier, and another, in a hurry, has gone before it is done. */
function hurriedProbe() {
  const { clock, connection, notifiers } = notified(100);
  const { gate } = connection[endpointBrand];
  gate.failed(new FakeAsker(gate).ask()!, REFUSED);
  const [patient, hurried] = [new FakeAsker(gate), new FakeAsker(gate)];
  hurried.isUrgent = true;
  patient.ask();
  hurried.ask();
  clock.advance(100);
  return { clock, notifiers, gate, patient, hurried };
}

describe('a notifier that a borrower in a hurry has not waited for', () => {
  it('gives way to that of the next failure', () => {
    const { clock, notifiers, gate, patient, hurried } = hurriedProbe();
    expect(notifiers.map(({ observed }) => observed)).toEqual([true]);
    gate.failed(hurried.turns[0]!, REFUSED);

    expect(notifiers.map(({ observed }) => observed)).toEqual([false, true]);
    clock.advance(1);
    notifiers[1]!.next();
    expect(patient.turns).toHaveLength(1);
  });

  it('gives way to the pace of connections where that attempt succeeds', () => {
    const { clock, notifiers, gate, patient, hurried } = hurriedProbe();
    gate.connected(hurried.turns[0]!);

    expect(notifiers.map(({ observed }) => observed)).toEqual([false]);
    clock.advance(99);
    expect(patient.turns).toHaveLength(0);
    clock.advance(1);
    expect(patient.turns).toHaveLength(1);
  });
});

describe('a delay function that itself calls retryNow', () => {
  it.each([
    ['a value', of(0)],
    ['an end without one', EMPTY],
  ])('has no more say by %s once the attempt it asked for has failed', (_name, answer) => {
    const { clock, transport, connection } = fakeEndpoint({
      retry: {
        delay: (_error, attempt) => {
          if (attempt > 1) return NEVER;
          connection.retryNow();
          return answer;
        },
      },
    });
    transport.onOpen = (attempt) => attempt.refuse(REFUSED);
    // Leaves with the failure, so that the delay is asked for only when the next one comes.
    record(connection, ({ type }, recording) => {
      if (type === 'failed') recording.stop();
    });
    clock.advance(50);
    const events = record(connection);
    clock.advance(100_000);

    expect(transport.opens).toHaveLength(2);
    expect(typesOf(events)).toEqual(['connecting', 'failed']);
    expect(events.errors).toEqual([]);
    expect(connection.status.state).toBe('down');
  });
});

describe('a notifier', () => {
  it('is done with when the endpoint gives up', () => {
    const notifier = new Subject<void>();
    const { clock, connection } = fakeEndpoint({ retry: { count: 1, delay: () => notifier, urgentMax: 100 } });
    const { gate } = connection[endpointBrand];
    gate.failed(new FakeAsker(gate).ask()!, REFUSED);
    const [patient, hurried] = [new FakeAsker(gate), new FakeAsker(gate)];
    hurried.isUrgent = true;
    patient.ask();
    hurried.ask();
    clock.advance(100);
    gate.failed(hurried.turns[0]!, REFUSED);
    expect(patient.errors).toHaveLength(1);
    expect(notifier.observed).toBe(false);
  });

  it('that says no is heard of in the status, too', () => {
    const { transport, connection, notifiers } = notified(100);
    const states = record(connection.status$);
    const events = record(connection);
    transport.last.refuse(REFUSED);
    notifiers[0]!.complete();
    expect(events.errors).toHaveLength(1);
    expect(states.last).toMatchObject({ state: 'failed', error: REFUSED });
  });

  it('runs on while the attempt of a borrower in a hurry is under way, and starts over for nobody', () => {
    const { clock, connection, notifiers } = notified(100);
    const { gate } = connection[endpointBrand];
    gate.failed(new FakeAsker(gate).ask()!, REFUSED);
    const [hurried, newcomer] = [new FakeAsker(gate), new FakeAsker(gate)];
    hurried.isUrgent = true;
    hurried.ask();
    clock.advance(100);
    expect(hurried.turns).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      newcomer.ask();
      gate.leave(newcomer);
    }
    expect(notifiers.map(({ observed }) => observed)).toEqual([true]);
  });

  it('stops when the last one who waits for it leaves', () => {
    const { transport, connection, notifiers } = notified(100);
    const [first, second] = [record(connection), record(connection)];
    for (const attempt of transport.opens.slice()) attempt.refuse(REFUSED);
    first.stop();
    expect(notifiers[0]!.observed).toBe(true);
    second.stop();
    expect(notifiers[0]!.observed).toBe(false);
  });

  it('has no length that an event could tell', () => {
    const { transport, connection } = notified(100);
    const events = record(connection);
    transport.last.refuse(REFUSED);
    expect(events.last).not.toHaveProperty('retryIn');
  });

  it('needs no timer beside it', () => {
    const { clock, transport, connection, notifiers } = notified(100);
    record(connection);
    transport.last.refuse(REFUSED);
    expect(notifiers[0]!.observed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
