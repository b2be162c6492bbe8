import type { Socket } from 'node:net';
import { first, map, retry, timeout, type Observable } from 'rxjs';
import { exponentialBackoff, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';

/** What the service needs of a socket, and no more: a pool over `tcp` has it, and so has one over a simulated network. */
export type QuotePool = Pool<Pick<Socket, 'write'>, Buffer>;

/** Asks a server for prices: a line for each question, a line for each answer. */
export class Quotes {
  constructor(private readonly pool: QuotePool) {}

  /** The price of a symbol. When the answer is lost or late it asks again, on another connection. */
  price(symbol: string): Observable<number> {
    const asked$ = this.pool.use((socket, lease) => {
      socket.write(`price ${symbol}\n`);
      return lease.data$.pipe(
        lines(),
        first(),
        map((answer) => Number(answer)),
        timeout(500),
      );
    });
    return asked$.pipe(retry({ count: 4, delay: exponentialBackoff({ initial: 100, jitter: 'none' }) }));
  }
}
