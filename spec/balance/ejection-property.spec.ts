import { describe, expect, it } from 'vitest';
import { EjectionLab, type Server } from './ejection-lab.js';
import { Random } from '../pool/random.js';

const SEEDS = Array.from({ length: 40 }, (_, i) => 7_000 + i);
const STEPS = 1_500;

/** As `expect`, which would take longer than all the rest. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** What is known of one server from outside. */
interface Known {
  isBad: boolean;
  isDown: boolean;
  isMember: boolean;
  successes: number;
  failures: number;
  state: 'in' | 'ejected' | 'probing';
  dueAt: number;
  ejections: number;
}

/** Lends as a pool would, to servers that go bad and recover, come and go; and keeps its own books. */
class Walk {
  readonly random: Random;
  readonly lab: EjectionLab;
  readonly config;
  readonly known = new Map<Server, Known>();
  readonly leases: { readonly server: Server; readonly beganAt: number }[] = [];
  ejections = 0;
  readmissions = 0;

  constructor(seed: number) {
    const random = new Random(seed);
    this.random = random;
    this.config = {
      ...{ maxEjected: random.pick([0, 0.1, 0.5, 1])!, panic: random.pick([0, 0.5, 1])! },
      ...{ jitter: random.pick([0, 0.1, 1])!, minRequests: 3, consecutive: random.pick([2, 4, Infinity])! },
      ...{ baseTime: 1_000, maxTime: 4_000, interval: 500, latencyFactor: random.pick([3, Infinity])! },
    };
    this.lab = new EjectionLab(0, this.config, random.next);
    this.lab.onChange = (server, change) => this.check(server, change.type === 'ejected' ? change : change.type);
    for (let i = 0; i < 1 + random.below(25); i++) this.add();
  }

  get members(): Server[] {
    return [...this.known].filter(([, { isMember }]) => isMember).map(([server]) => server);
  }

  get out(): Server[] {
    return this.members.filter((server) => this.known.get(server)!.state !== 'in');
  }

  add(): void {
    const server = this.lab.add(this.random.next() < 0.5);
    const counts = { successes: 0, failures: 0, ejections: 0 };
    this.known.set(server, {
      ...{ isBad: false, isDown: false, isMember: true, ...counts, state: 'in', dueAt: Infinity },
    });
  }

  remove(): void {
    const server = this.random.pick(this.members);
    if (server === undefined) return;
    this.known.get(server)!.isMember = false;
    this.lab.remove(server);
  }

  turn(): void {
    const server = this.random.pick(this.members);
    if (server === undefined) return;
    const known = this.known.get(server)!;
    if (this.random.next() < 0.7) {
      known.isBad = !known.isBad;
    } else {
      known.isDown = !known.isDown;
      this.lab.ejection.setDown(server, known.isDown);
    }
  }

  borrow(): void {
    const server = this.random.pick(this.members.filter((one) => this.lab.ejection.mayLend(one)));
    if (server === undefined) return;
    this.lab.ejection.probeBegan(server, this.lab.now);
    this.leases.push({ server, beganAt: this.lab.now });
  }

  giveBack(): void {
    const lease = this.random.take(this.leases);
    if (lease === undefined) return;
    const { server, beganAt } = lease;
    const { ejection, now } = this.lab;
    const known = this.known.get(server)!;
    if (this.random.next() < 0.1) {
      ejection.probeLeft(server, beganAt);
    } else if (this.random.next() < (known.isBad ? 0.9 : 0.02)) {
      known.failures++;
      ejection.failed(server, beganAt, now);
    } else {
      known.successes++;
      ejection.succeeded(server, beganAt, now);
    }
  }

  /** What is told follows from what was told before, and comes when it may. */
  check(server: Server, change: 'probing' | 'readmitted' | { duration: number; reason: string; times: number }): void {
    const known = this.known.get(server)!;
    const { state } = known;
    const { members, out, lab } = this;
    must(known.isMember, 'told of one that has gone');
    if (change === 'probing') {
      must(state === 'ejected' && lab.now === known.dueAt, 'probing before or after its time');
      known.state = 'probing';
    } else if (change === 'readmitted') {
      must(state === 'probing' || out.length === members.length, 'readmitted without a probe');
      known.state = 'in';
      this.readmissions++;
    } else {
      const { baseTime, maxTime, jitter, maxEjected } = this.config;
      const room = Math.max(1, Math.floor(maxEjected * members.length));
      const time = Math.min(baseTime * change.times, maxTime);
      must(state === (change.reason === 'probe' ? 'probing' : 'in'), `ejected for ${change.reason} while ${state}`);
      must(change.duration >= time && change.duration <= time * (1 + jitter), `ejected for ${change.duration}`);
      must(state === 'probing' || out.length < room, 'more are ejected than may be');
      known.state = 'ejected';
      known.dueAt = lab.now + change.duration;
      known.ejections++;
      this.ejections++;
    }
  }

  /** What holds after every step. */
  look(): void {
    const { members, out, lab, config } = this;
    const { ejection, now } = lab;
    const good = members.filter((one) => this.known.get(one)!.state === 'in' && !this.known.get(one)!.isDown);
    must(ejection.outCount === out.length, 'the number of those who are out');
    must(out.length < members.length || members.length === 0, 'all are out');
    must(ejection.isPanic === good.length < config.panic * members.length, 'panic');
    must(ejection.nextDeadline() > now, 'a deadline was missed');
    for (const server of members) {
      const { record } = server;
      const { state, successes, failures, ejections, dueAt } = this.known.get(server)!;
      must(record.state === state && record.ejections === ejections, 'the record is not what was told');
      must(record.successes === successes && record.failures === failures, 'the counts do not add up');
      must(state !== 'in' || ejection.mayLend(server), 'one that is in may not be lent');
      if (state !== 'ejected') continue;
      must(ejection.mayLend(server) === ejection.isPanic, 'one that is ejected may be lent');
      must(ejection.nextDeadline() <= dueAt, 'one that is ejected would not be probing in its time');
    }
  }
}

describe('ejection, whatever happens', () => {
  it.each(SEEDS)('keeps its rules (seed %i)', (seed) => {
    const walk = new Walk(seed);
    const { random, lab } = walk;
    for (let i = 0; i < STEPS; i++) {
      const dice = random.next();
      if (dice < 0.42) walk.borrow();
      else if (dice < 0.84) walk.giveBack();
      else if (dice < 0.87) walk.turn();
      else if (dice < 0.875) walk.add();
      else if (dice < 0.88) walk.remove();
      else lab.runUntil(lab.now + random.below(100));
      walk.look();
    }

    // All work at last: those who are in at once, the others when they are tried.
    for (const server of walk.members) if (server.record.state === 'in') lab.succeed(server);
    lab.runUntil(lab.now + 20_000);
    for (const server of walk.out) lab.probe(server, 'succeeded');
    expect(lab.ejection.outCount).toBe(0);
    lab.runUntil(lab.now + 500);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
  });

  it('has had something to keep them in', () => {
    // The walk above could be one in which nobody is ever ejected.
    const walk = new Walk(7_005);
    for (const known of walk.known.values()) known.isBad = true;
    for (let i = 0; i < STEPS; i++) {
      walk.borrow();
      walk.giveBack();
      walk.lab.runUntil(walk.lab.now + 50);
      if (i % 100 === 99) for (const known of walk.known.values()) known.isBad = !known.isBad;
    }
    expect(walk.ejections).toBeGreaterThan(5);
    expect(walk.readmissions).toBeGreaterThan(1);
  });
});
