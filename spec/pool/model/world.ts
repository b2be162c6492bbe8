/** What an endpoint's gate says at present. */
interface Gate {
  /** It has failed, and has not yet proven itself again. */
  failing: boolean;
  givenUp: boolean;
  /** So many turns, then none. */
  turns: number;
}

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

  constructor(endpoints: number, { answer, opens }: Pick<World, 'answer' | 'opens'>) {
    this.answer = answer;
    this.opens = opens;
    this.gates = Array.from({ length: endpoints }, () => ({ failing: false, givenUp: false, turns: Infinity }));
  }

  private gate(endpoint: number): Gate {
    return this.gates[endpoint]!;
  }

  isFailing(endpoint: number): boolean {
    return this.gate(endpoint).failing;
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
    gate.turns = turns;
  }

  giveUp(endpoint: number): void {
    this.gate(endpoint).givenUp = true;
    this.gate(endpoint).failing = true;
  }

  revive(endpoint: number): void {
    this.gate(endpoint).givenUp = false;
    this.set(endpoint, false, Infinity);
  }

  get exhausted(): string | undefined {
    return this.gates.every(({ givenUp }) => givenUp) ? 'given up' : undefined;
  }
}
