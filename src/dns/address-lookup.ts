import { NODATA, NOTFOUND } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { catchError, defer, forkJoin, map, of, switchMap, throwError, type Observable } from 'rxjs';
import type { Answer } from './keep-asking.js';
import { query, type QuerySettings } from './query.js';

type Family = 4 | 6;

export interface AddressQuestion extends QuerySettings {
  readonly name: string;
  readonly port: number;
  readonly family: Family | 0;
  readonly minTtl: number;
  readonly maxTtl: number;
}

interface Found {
  readonly address: string;
  readonly family: Family;
}

/** What became of the query for one family. */
interface Outcome {
  readonly family: Family;
  /** In s. */
  readonly records: readonly { readonly address: string; readonly ttl: number }[];
  readonly error?: unknown;
}

/** For how long an answer of the system stands, which has no TTL, in ms. */
const UNKNOWN_TTL = 30_000;

/** Looks up the addresses of a name, as often as it is told to. A family that is not answered keeps the addresses that it had. */
export class AddressLookup {
  private last: readonly Found[] = [];
  private isInDns = false;

  constructor(private readonly question: AddressQuestion) {}

  ask(): Observable<Answer> {
    const { name, family } = this.question;
    if (isLocal(name)) return this.askSystem();
    const families: readonly Family[] = family === 0 ? [4, 6] : [family];
    return forkJoin(families.map((one) => this.askDns(one))).pipe(switchMap((outcomes) => this.judge(outcomes)));
  }

  private askDns(family: Family): Observable<Outcome> {
    const { name } = this.question;
    return query(this.question, (resolver) =>
      family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true }),
    ).pipe(
      map((records) => ({ family, records })),
      catchError((error: unknown) => of({ family, records: [], error })),
    );
  }

  private judge(outcomes: readonly Outcome[]): Observable<Answer> {
    const records = outcomes.flatMap((outcome) => outcome.records);
    const failed = outcomes.filter(({ error }) => error !== undefined && !isNone(error));
    if (records.length === 0) {
      if (this.maySystemKnow(outcomes)) return this.askSystem();
      const [first] = failed.length > 0 ? failed : outcomes;
      return throwError(() => first?.error);
    }
    this.isInDns = true;
    const found = outcomes.flatMap((outcome) =>
      outcome.records.map(({ address }) => ({ address, family: outcome.family })),
    );
    const kept = this.last.filter(({ family }) => failed.some((outcome) => outcome.family === family));
    return of(this.answer([...found, ...kept], 1_000 * Math.min(...records.map(({ ttl }) => ttl)), failed[0]?.error));
  }

  /**
   * Whether a name that DNS does not know may be one of the system's own: of its hosts file, or short for one in its search domains. One
   * that DNS has known is none.
   */
  private maySystemKnow(outcomes: readonly Outcome[]): boolean {
    if (this.isInDns || this.question.servers !== undefined) return false;
    // A name server that takes its time would be asked once more, without a limit of time.
    return outcomes.every(({ error }) => isNone(error) || codeOf(error) === 'ECONNREFUSED');
  }

  /** Nobody can cancel this; the system ends it. */
  private askSystem(): Observable<Answer> {
    const { name, family } = this.question;
    return defer(() => lookup(name, { all: true, family })).pipe(
      map((records) => {
        const found = records.map((record): Found => ({
          address: record.address,
          family: record.family === 6 ? 6 : 4,
        }));
        return this.answer(found, UNKNOWN_TTL, undefined);
      }),
    );
  }

  private answer(found: readonly Found[], ttl: number, failure: unknown): Answer {
    const { name, port, minTtl, maxTtl } = this.question;
    this.last = found;
    return {
      servers: found.map(({ address }) => ({ host: address, port, name, weight: 1, priority: 0 })),
      standsFor: Math.min(Math.max(ttl, minTtl), maxTtl),
      failure,
    };
  }
}

/** RFC 6761 leaves these to the system, and an address is its own answer. */
function isLocal(name: string): boolean {
  return isIP(name) !== 0 || /^(?:.+\.)?localhost\.?$/i.test(name);
}

/** There is an answer, and it says that there is nothing. */
function isNone(error: unknown): boolean {
  const code = codeOf(error);
  return code === NODATA || code === NOTFOUND;
}

function codeOf(error: unknown): string | undefined {
  return (error as Partial<NodeJS.ErrnoException> | undefined)?.code;
}
