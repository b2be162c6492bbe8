import { completeEjection } from '../../src/balance/complete-ejection.js';
import type { EjectionChange } from '../../src/balance/ejection-change.js';
import type { EjectionConfig } from '../../src/balance/ejection-config.js';
import { Ejection } from '../../src/balance/ejection.js';
import { EndpointRecord } from '../../src/balance/endpoint-record.js';

/** An endpoint that is nothing but its record. */
export class Server {
  readonly record = new EndpointRecord();

  constructor(readonly name: string) {}
}

type Told = EjectionChange & { readonly name: string };

/** Ejection over servers called `a`, `b`, `c` and so on, on a clock that stands still unless it is moved. */
export class EjectionLab {
  now = 0;
  readonly servers: Server[] = [];
  readonly told: Told[] = [];
  readonly ejection: Ejection<Server>;
  /** Called with each change that is told. */
  onChange: (server: Server, change: EjectionChange) => void = () => {};

  /** Without jitter unless it is asked for, and with no chance in it but 0.5. */
  constructor(size: number, config: EjectionConfig = {}, random: () => number = () => 0.5) {
    this.ejection = new Ejection(
      completeEjection({ jitter: 0, ...config }),
      { random },
      {
        changed: (server: Server, change) => {
          this.told.push({ name: server.name, ...change });
          this.onChange(server, change);
        },
      },
    );
    for (let i = 0; i < size; i++) this.add();
  }

  add(startsSlowly?: boolean): Server {
    const server = new Server(String.fromCharCode(97 + this.servers.length));
    this.servers.push(server);
    this.ejection.add(server, this.now, startsSlowly);
    return server;
  }

  remove(server: Server): void {
    this.ejection.remove(server, this.now);
  }

  /** So many leases that end well, one after the other: the clock moves. */
  succeed(server: Server, count = 1, held = 0): void {
    for (let i = 0; i < count; i++) {
      this.now += held;
      this.ejection.succeeded(server, this.now - held, this.now);
    }
  }

  /** So many leases that end at once, and badly. */
  fail(server: Server, count = 1): void {
    for (let i = 0; i < count; i++) this.ejection.failed(server, this.now, this.now);
  }

  tickAt(now: number): void {
    this.now = now;
    this.ejection.tick(now);
  }

  /** Goes from deadline to deadline until there is none up to then. */
  runUntil(end: number): void {
    for (let at = this.ejection.nextDeadline(); at <= end; at = this.ejection.nextDeadline()) this.tickAt(at);
    this.now = end;
  }

  /** Fails as often as it takes, and goes to where its time is over. */
  ejectUntilProbing(server: Server): void {
    this.fail(server, 5);
    this.runUntil(server.record.until);
  }

  /** Lends it once, with this outcome. */
  probe(server: Server, outcome: 'succeeded' | 'failed'): void {
    this.ejection.probeBegan(server, this.now);
    this.ejection[outcome](server, this.now, this.now);
  }

  lendable(): string {
    return this.servers
      .filter((server) => this.ejection.mayLend(server))
      .map(({ name }) => name)
      .join('');
  }

  /** What has been told since the last call. */
  news(): Told[] {
    return this.told.splice(0);
  }
}
