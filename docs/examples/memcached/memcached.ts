import { map, type Observable } from 'rxjs';
import type { Pool } from 'rxpool';
import { requestClient, type RequestClient, type RequestSocket } from 'rxpool/protocol';
import { memcachedProtocol, type MemcachedAnswer } from './memcached-protocol.js';

/** A client of memcached over any pool of sockets. What may be asked twice is asked again when a connection is lost. */
export class Memcached {
  private readonly client: RequestClient<string | Uint8Array, MemcachedAnswer>;

  constructor(pool: Pool<RequestSocket, Uint8Array>) {
    this.client = requestClient(pool, memcachedProtocol, { timeout: 2_000 });
  }

  /** The value of a key, or `undefined`. */
  get(key: string): Observable<Uint8Array | undefined> {
    return this.client
      .request(`get ${checked(key)}\r\n`, { idempotent: true })
      .pipe(map(({ items: [first] }) => first?.value));
  }

  /** The values of those keys that have one. */
  getMany(keys: readonly string[]): Observable<ReadonlyMap<string, Uint8Array>> {
    const asked = this.client.request(`get ${keys.map(checked).join(' ')}\r\n`, { idempotent: true });
    return asked.pipe(
      map(({ items }) => new Map(items.flatMap(({ line, value }) => (value ? [[keyOf(line), value]] : [])))),
    );
  }

  set(key: string, value: Uint8Array | string, seconds = 0): Observable<boolean> {
    const bytes = Buffer.from(value);
    const head = Buffer.from(`set ${checked(key)} 0 ${seconds} ${bytes.length}\r\n`);
    const request = Buffer.concat([head, bytes, Buffer.from('\r\n')]);
    return this.client.request(request, { idempotent: true }).pipe(map(({ end }) => end === 'STORED'));
  }

  /** The new value, or `undefined` where there is nothing to add to. Not asked twice: it would count twice. */
  increment(key: string, by = 1): Observable<number | undefined> {
    const asked = this.client.request(`incr ${checked(key)} ${by}\r\n`);
    return asked.pipe(map(({ end }) => (end === 'NOT_FOUND' ? undefined : Number(end))));
  }

  delete(key: string): Observable<boolean> {
    return this.client
      .request(`delete ${checked(key)}\r\n`, { idempotent: true })
      .pipe(map(({ end }) => end === 'DELETED'));
  }
}

/** A blank or a line end in a key would make another command of it. */
function checked(key: string): string {
  if (!/^[^\s\p{Cc}]{1,250}$/u.test(key)) throw new RangeError(`not a key of memcached: ${JSON.stringify(key)}`);
  return key;
}

function keyOf(line: string): string {
  return line.split(' ')[1] ?? '';
}
