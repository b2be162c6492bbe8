import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../src/protocol/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { Random } from '../pool/random.js';
import { byId, inOrder, requestLab, type RequestLab } from './request-lab.js';

/** What the model of the server says to a request: frames that name it, and an end or an error. */
interface Reply {
  readonly frames: readonly string[];
  readonly fails: boolean;
}

/** One request, and what has become of it. */
interface Asked {
  readonly name: string;
  readonly idempotent: boolean;
  readonly reply: Reply;
  readonly values: string[];
  ends: number;
  error?: unknown;
  completed: boolean;
  left: boolean;
}

const many = { isLast: (frame: string): boolean => /(?:end|!\S+)$/.test(frame) };
const protocols: Readonly<Record<string, Protocol<string, string>>> = {
  'in order': {
    ...inOrder,
    ...many,
    answer: (frame) => {
      if (frame.includes('!')) throw new Error(frame);
      return frame;
    },
  },
  'by id': {
    ...byId,
    ...many,
    answer: (frame) => {
      if (frame.includes('!')) throw new Error(frame);
      return frame.slice(frame.indexOf(' ') + 1);
    },
  },
};

/** One run of a client against a server that answers, hesitates, resets and hangs as the dice fall. */
class Run {
  readonly requests = new Map<string, Asked>();
  readonly lab: RequestLab<string, string, string>;
  private readonly random: Random;
  private readonly waiting = new Map<SimulatedSocket, string[]>();
  private readonly hung = new Set<SimulatedSocket>();
  private isCalm = false;

  constructor(
    private readonly kind: string,
    seed: number,
  ) {
    this.random = new Random(seed);
    const { random } = this;
    this.lab = requestLab(protocols[kind]!, {
      seed,
      serve: (line, socket) => this.serve(line, socket),
      server: { segment: 1 + random.below(40), latency: () => 5 * random.next() },
      pool: { max: 1 + random.below(3), concurrency: random.pick([1, 3, 100])!, retry: { delay: 10 }, maxUses: 200 },
      client: { lateAfter: 500, retries: 2 },
    });
  }

  step(): void {
    const { random, lab } = this;
    const dice = random.next();
    if (dice < 0.6) this.ask();
    else if (dice < 0.7) this.leave();
    else if (dice < 0.73) lab.server.reset();
    else lab.clock.advance(6 * random.next());
  }

  /** No more faults, and time for all that is under way. */
  end(): void {
    this.isCalm = true;
    for (const { ends, left, name } of this.requests.values()) if (!left) expect(ends, name).toBeLessThanOrEqual(1);
    this.lab.clock.advance(60_000);
  }

  check(): void {
    const { lab, requests } = this;
    expect(lab.client.state.inFlight).toBe(0);
    expect(lab.pool.stats).toMatchObject({ leases: 0, waiting: 0 });
    for (const one of requests.values()) {
      const { name, reply, values, idempotent } = one;
      expect(one.ends, name).toBe(one.left ? 0 : 1);
      // Whatever has come is its own, in order, and nothing is missing in front of it.
      expect(values, name).toEqual(reply.frames.slice(0, values.length));
      if (one.completed) expect(values, name).toEqual(reply.frames);
      const times = lab.asked.filter((line) => line.split(' ').at(-1) === name).length;
      expect(times, name).toBeLessThanOrEqual(idempotent ? 3 : 1);
      if (one.error instanceof Error && one.error.message.includes('!'))
        expect(one.error.message).toContain(`!${name}`);
    }
  }

  private ask(): void {
    const { random, requests } = this;
    const name = `r${requests.size}`;
    const idempotent = random.next() < 0.4;
    const fails = random.next() < 0.1;
    const parts = Array.from({ length: random.below(3) }, (_, i) => `${name}.${i}`);
    const one: Asked = {
      ...{ name, idempotent, values: [], ends: 0, completed: false, left: false },
      reply: { frames: fails ? parts : [...parts, `${name}.end`], fails },
    };
    requests.set(name, one);
    const subscription = this.lab.client
      .request(name, { idempotent, timeout: random.next() < 0.2 ? 30 * random.next() : 1_000 })
      .subscribe({
        next: (value) => {
          one.values.push(value);
          if (random.next() < 0.03) this.leaveOne(one);
        },
        error: (error: unknown) => {
          one.ends++;
          one.error = error;
        },
        complete: () => {
          one.ends++;
          one.completed = true;
        },
      });
    this.subscriptions.set(one, subscription);
  }

  private readonly subscriptions = new Map<Asked, { unsubscribe(): void }>();

  private leave(): void {
    const open = [...this.requests.values()].filter(({ ends, left }) => ends === 0 && !left);
    const one = this.random.pick(open);
    if (one !== undefined) this.leaveOne(one);
  }

  private leaveOne(one: Asked): void {
    if (one.ends > 0) return;
    one.left = true;
    this.subscriptions.get(one)?.unsubscribe();
  }

  private serve(line: string, socket: SimulatedSocket): void {
    const { random, lab } = this;
    const dice = this.isCalm ? 1 : random.next();
    if (dice < 0.02) {
      socket.write('r');
      socket.resetAndDestroy();
    } else if (dice < 0.03) socket.end();
    else if (dice < 0.04) this.hung.add(socket);
    // It never answers this one, nor what stands behind it where all keep their order.
    if (this.hung.has(socket) && (dice < 0.04 || this.kind === 'in order')) return;
    const queue = this.waiting.get(socket) ?? [];
    this.waiting.set(socket, queue);
    queue.push(line);
    lab.clock.set(lab.clock.now() + 10 * random.next(), () => {
      // Nobody has said which of them, where ids tell them apart.
      const next = this.kind === 'in order' ? queue.shift() : random.take(queue);
      if (next !== undefined) this.reply(next, socket);
    });
  }

  private reply(line: string, socket: SimulatedSocket): void {
    if (socket.destroyed || !socket.writable) return;
    const { random } = this;
    const name = line.split(' ').at(-1)!;
    const { frames, fails } = this.requests.get(name)!.reply;
    const id = line.includes(' ') ? `${line.split(' ')[0]!} ` : '';
    if (random.next() < 0.1) socket.write('>push\n');
    for (const frame of [...frames, ...(fails ? [`!${name}`] : [])]) socket.write(`${id}${frame}\n`);
  }
}

describe.each(Object.keys(protocols))('any course of requests, answered %s,', (kind) => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('gives nobody the answer of another, seed %d', (seed) => {
    const run = new Run(kind, seed);
    for (let i = 0; i < 300; i++) run.step();
    run.end();
    run.check();
  });

  it('has answered most, and has seen losses, retries and refusals', () => {
    const all = Array.from({ length: 10 }, (_, i) => {
      const run = new Run(kind, 1_000 + i);
      for (let step = 0; step < 300; step++) run.step();
      run.end();
      return run;
    });
    const requests = all.flatMap((run) => [...run.requests.values()]);
    const share = (one: (asked: Asked) => boolean): number => requests.filter(one).length / requests.length;
    const code = (asked: Asked): unknown => (asked.error as { readonly code?: unknown } | undefined)?.code;
    expect(share(({ completed }) => completed)).toBeGreaterThan(0.3);
    expect(share((asked) => code(asked) === 'RXPOOL_CONNECTION_LOST')).toBeGreaterThan(0.01);
    expect(share((asked) => code(asked) === 'RXPOOL_REQUEST_TIMEOUT')).toBeGreaterThan(0.01);
    expect(share(({ error }) => error instanceof Error && error.message.includes('!'))).toBeGreaterThan(0.02);
    expect(share(({ left }) => left)).toBeGreaterThan(0.03);
  });
});
