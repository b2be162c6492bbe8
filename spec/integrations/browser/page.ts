import { createPool } from 'rxpool';
import { retryWhenOnline, webSocket, webSocketSubject } from 'rxpool/websocket';

const url = new URLSearchParams(location.search).get('feed')!;

let telling = Promise.resolve();

/** Tells the test, in order. */
function tell(...line: unknown[]): void {
  telling = telling.then(async () => {
    await fetch('/told', { method: 'POST', body: JSON.stringify(line) });
  });
}

const fail = (error: unknown): void => tell('error', String(error));

const feed = webSocketSubject<unknown>({ url, retry: { delay: 50 } });
feed.events$.subscribe((event) => {
  tell('feed', event.type, event.type === 'reset' ? (event.error as { info?: unknown }).info : undefined);
  if (event.type === 'reset') feed.next('late');
});
feed
  .multiplex(
    () => '+EUR',
    () => '-EUR',
    (value) => value === 'EUR',
  )
  .subscribe({ next: (value) => tell('price', value), error: fail });

const patient = webSocketSubject<unknown>({ url, retry: { delay: 3_600_000 } });
patient.events$.subscribe(({ type }) => tell('patient', type));
patient.subscribe({ error: fail });
retryWhenOnline(patient);

const pool = createPool(webSocket({ url, messageType: 'binary' }), { max: 1 });
pool
  .run(async (socket, lease) => {
    socket.send(new Uint8Array([1, 2, 3]));
    return new Promise<Uint8Array>((resolve, reject) => {
      lease.data$.subscribe({ next: resolve, error: reject });
    });
  })
  .then((bytes) => tell('bytes', bytes instanceof Uint8Array, [...bytes]), fail);

// The test answers when the network is to be back.
void fetch('/online').then(() => window.dispatchEvent(new Event('online')));
