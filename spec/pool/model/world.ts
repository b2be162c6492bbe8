/** What an endpoint's gate says at present. */
interface Gate {
  /** It has failed, and has not yet proven itself again. */
  failing: boolean;
  /** It has done more than lose a connection that had lived. */
  down: boolean;
  givenUp: boolean;
  /** So many turns, then none. */
  turns: number;
}

/** More questions than any honest core asks of the world in one move. */
const MOST_QUESTIONS = 10_000;

/** All that the core cannot decide: the time, the gates, how hooks answer. Read by host and model alike, changed by moves only. */
export class World {
  now = 1_000_000;
  private readonly gates: readonly Gate[];
  /** The answer of `restore` and `validate`; `undefined` = later. */
  answer: boolean | undefined;
  /** What comes of an attempt while it is being asked for. */
  opens: 'later' | 'accepted' | 'refused';
  closesAtOnce = false;
  /** Names of the connections whose look says no. */
  readonly spoilt = new Set<string>();
  /** Bytes that wait to be written, by the name of the connection. */
  readonly written = new Map<string, number>();

  /** Questions asked in this move. */
  private asked = 0;

  constructor(endpoints: number, { answer, opens }: Pick<World, 'answer' | 'opens'>) {
    this.answer = answer;
    this.opens = opens;
    this.gates = Array.from({ length: endpoints }, () => ({
      failing: false,
      down: false,
      givenUp: false,
      turns: Infinity,
    }));
  }

  /** A question is asked; a core that goes round in a circle asks the same ones without end. */
  spend(): void {
    if (++this.asked > MOST_QUESTIONS) throw new Error('breach: it goes round in a circle');
  }

  /** A move is over. */
  refresh(): void {
    this.asked = 0;
  }

  private gate(endpoint: number): Gate {
    return this.gates[endpoint]!;
  }

  pending(name = ''): number {
    return this.written.get(name) ?? 0;
  }

  isFailing(endpoint: number): boolean {
    return this.gate(endpoint).failing;
  }

  isDown(endpoint: number): boolean {
    return this.gate(endpoint).down;
  }

  /** While an endpoint is failing, its gate lets one attempt out at a time. */
  turn(endpoint: number, connecting: number): boolean {
    const gate = this.gate(endpoint);
    if (gate.givenUp || gate.turns === 0 || (gate.failing && connecting > 0)) return false;
    gate.turns--;
    return true;
  }

  /** An attempt has failed: the gate makes everybody wait, until it calls. */
  refuse(endpoint: number, givesUp: boolean): void {
    this.set(endpoint, true, 0);
    if (givesUp) this.giveUp(endpoint);
  }

  set(endpoint: number, isFailing: boolean, turns: number): void {
    const gate = this.gate(endpoint);
    gate.failing = isFailing || gate.givenUp;
    // One that has turns to give while it is failing has lost a connection, no more.
    gate.down = gate.failing && (turns === 0 || gate.givenUp);
    gate.turns = turns;
  }

  giveUp(endpoint: number): void {
    this.gate(endpoint).givenUp = true;
    this.gate(endpoint).failing = true;
    this.gate(endpoint).down = true;
  }

  revive(endpoint: number): void {
    this.gate(endpoint).givenUp = false;
    this.set(endpoint, false, Infinity);
  }

  /** Whether the endpoint, or else every one, has given up. */
  exhausted(endpoint?: number): string | undefined {
    const gates = endpoint === undefined ? this.gates : [this.gate(endpoint)];
    return gates.every(({ givenUp }) => givenUp) ? 'given up' : undefined;
  }
}
