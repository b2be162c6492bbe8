import { Observable, type Subscriber } from 'rxjs';
import type { Clock, Endpoint, Transport } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { rule } from './breach.js';
import type { Settings } from './settings.js';

/** What a list names. */
export type Member = Transport<SimulatedSocket, Buffer> | Endpoint<SimulatedSocket, Buffer>;

/** Names the endpoints of a pool. */
export class NamingSource {
  /** What the latest good list names, once each. */
  named: readonly Member[] = [];
  private subscriber: Subscriber<readonly Member[]> | undefined;
  private subscriptions = 0;
  readonly lists = new Observable<readonly Member[]>((subscriber) => {
    this.subscriptions++;
    this.subscriber = subscriber;
    if (this.first !== undefined) this.send(this.first);
    return () => {
      this.subscriptions--;
      if (this.subscriber === subscriber) this.subscriber = undefined;
    };
  });

  /** @param first what it names within the next subscribe, if anything */
  constructor(private first: readonly Member[] | undefined) {}

  /** Whether somebody listens. */
  get isHeard(): boolean {
    return this.subscriber !== undefined;
  }

  send(list: readonly Member[]): void {
    const { subscriber } = this;
    if (subscriber === undefined) return;
    const byAddress = new Map<string, Member>();
    for (const one of list) if (!byAddress.has(one.address)) byAddress.set(one.address, one);
    this.named = [...byAddress.values()];
    subscriber.next(list);
  }

  /** What the types forbid, and JavaScript does not. */
  sendRubbish(rubbish: unknown): void {
    this.subscriber?.next(rubbish as readonly Member[]);
  }

  /** @param isBack whether it names the same again as soon as it is asked */
  fail(isBack: boolean): void {
    this.first = isBack ? this.named : undefined;
    this.subscriber?.error(new Error('the source has failed'));
  }

  complete(): void {
    this.subscriber?.complete();
  }

  /** @param addresses those of the pool */
  check(addresses: readonly string[]): void {
    const named = this.named.map(({ address }) => address).sort();
    const known = [...addresses].sort();
    rule(
      named.join() === known.join(),
      'the pool has the endpoints that the latest list names',
      () => `named ${named.join()}, known ${known.join()}`,
    );
    rule(this.subscriptions <= 1, 'a source is listened to once');
  }

  checkIsLeft(): void {
    rule(this.subscriptions === 0, 'a pool that has closed listens to no source');
  }
}

/** What the source names at first: within the subscribe, where no connection is opened for it before anybody listens. */
export function sourceOf({ many, pool }: Settings, members: readonly Member[], clock: Clock): NamingSource | undefined {
  if (many === undefined || many.source === 'none') return undefined;
  const first = members.slice(0, many.source === 'names all' ? Infinity : many.source === 'names some' ? 1 : 0);
  const isAtOnce = pool.min + pool.minPerEndpoint === 0 && first.length > 0;
  const source = new NamingSource(isAtOnce ? first : undefined);
  if (!isAtOnce) clock.defer(() => source.send(first));
  return source;
}
