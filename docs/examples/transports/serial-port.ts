import type { Duplex } from 'node:stream';
import { Observable, Subject } from 'rxjs';
import { transport, type Transport, type UsableOptions } from 'rxpool';

/** What is needed of a port. A `SerialPort` of the package `serialport`, made with `autoOpen: false`, has it. */
export interface Port extends Duplex {
  readonly isOpen: boolean;
  open(opened: (error: Error | null) => void): void;
  drain(drained: (error: Error | null) => void): void;
  close(closed: (error: Error | null) => void): void;
}

/** A port with so many chunks unread is not read on: what comes waits in the system. */
const MOST_UNREAD = 100;

/** What is known of a port from its opening on. */
class Line {
  /** What came while nobody read. */
  readonly unread: Buffer[] = [];
  readonly arrivals = new Subject<Buffer>();
  /** Who listened before the first loan. */
  listeners: readonly Listener[] = [];
}

/** A transport over a serial port. `make` makes a port that is not open yet, a new one for each attempt. */
export function serialPort<P extends Port>(path: string, make: () => P): Transport<P, Buffer> {
  const lines = new WeakMap<P, Line>();

  function lineOf(port: P): Line {
    const line = lines.get(port) ?? new Line();
    lines.set(port, line);
    return line;
  }

  function usable(port: P, { allowUnread = false }: UsableOptions = {}): boolean {
    return port.isOpen && (allowUnread || port.readableLength + lineOf(port).unread.length === 0);
  }

  function open(): Observable<P> {
    return new Observable<P>((subscriber) => {
      const port = make();
      const { unread, arrivals } = lineOf(port);
      port.on('error', ignore); // an error that nobody listens to would end the process
      port.on('data', (bytes: Buffer) => {
        if (arrivals.observed) arrivals.next(bytes);
        // Its borrower may listen without our help.
        else if (port.listenerCount('data') === 1 && unread.push(bytes) >= MOST_UNREAD) port.pause();
      });
      port.on('close', (error?: Error | null) => {
        subscriber.error(error ?? new Error(`${path} has closed`));
        arrivals.complete(); // not before: who reads is to hear of the loss, and not only of an end
      });
      port.open((error) => {
        if (error !== null) subscriber.error(error);
        else if (!subscriber.closed) subscriber.next(port);
        else port.close(ignore); // nobody wants it any more
      });
      return () => port.close(ignore); // which calls back with an error where it is not open
    });
  }

  return transport<P, Buffer>(open, {
    address: path,
    close: (port, { force = false } = {}) =>
      new Promise((closed) => {
        if (force || !port.isOpen) port.close(closed);
        else port.drain(() => port.close(closed));
      }),
    data: (port) =>
      new Observable((subscriber) => {
        const { unread, arrivals } = lineOf(port);
        port.resume();
        while (!subscriber.closed) {
          const bytes = unread.shift(); // whoever takes only the first leaves the rest to the next
          if (bytes === undefined) break;
          subscriber.next(bytes);
        }
        subscriber.add(arrivals.subscribe(subscriber));
      }),
    usable,
    remember: (port) => {
      lineOf(port).listeners = listenersOf(port);
    },
    restore: (port, options = {}) => {
      const { listeners: before } = lineOf(port);
      port.unpipe();
      const now = listenersOf(port);
      if (!before.every((one) => has(now, one))) return false; // one that we need may be gone
      const left = now.filter((one) => !has(before, one));
      for (const { name, listener } of left) port.off(name, listener);
      if (left.length > 0) options.left?.(left.map(({ name }) => String(name)));
      port.resume(); // its borrower may have paused it
      return port.readableEncoding === null && usable(port, options);
    },
    pending: (port) => port.writableLength,
  });
}

interface Listener {
  readonly name: string | symbol;
  readonly listener: () => void;
}

function listenersOf(port: Port): Listener[] {
  return port
    .eventNames()
    .flatMap((name) => port.rawListeners(name).map((listener) => ({ name, listener: listener as () => void })));
}

function has(listeners: readonly Listener[], { name, listener }: Listener): boolean {
  return listeners.some((one) => one.name === name && one.listener === listener);
}

function ignore(): void {
  // It is told by other means.
}
