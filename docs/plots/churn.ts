import { BehaviorSubject } from 'rxjs';
import type { Picker } from 'rxpool/balance';
import { createNetwork } from 'rxpool/testing';
import type { Server } from './server.js';
import { World } from './world.js';

type Listed = Server['transport'];

const CHANGES_A_SECOND = 500;

/** A pool whose endpoints come, go and change their weight all the time, under load: of 30 servers about 20 are listed. */
export class Churn {
  changes = 0;
  readonly world: World;
  private readonly lists = new BehaviorSubject<readonly Listed[]>([]);
  private readonly chance: () => number;

  constructor(balance: Picker) {
    this.world = new World({
      servers: 30,
      pool: { balance, max: 300, ejection: {} },
      source: (servers) => {
        this.lists.next(servers.slice(0, 20).map(({ transport }) => transport));
        return this.lists;
      },
    });
    this.chance = createNetwork({ clock: this.world.clock, seed: 7 }).random;
  }

  run(seconds: number): void {
    const { clock } = this.world;
    const end = clock.now() + 1_000 * seconds;
    const next = (): void => {
      clock.set(clock.now() + 1_000 / CHANGES_A_SECOND, () => {
        if (clock.now() > end) return;
        this.change();
        next();
      });
    };
    next();
    this.world.load(0.1, 1_000 * seconds);
    clock.advance(0);
  }

  /** One comes, goes or changes its weight. */
  private change(): void {
    const { servers } = this.world;
    const { value } = this.lists;
    const server = servers[Math.floor(this.chance() * servers.length)]!;
    const weight = 1 + Math.floor(this.chance() * 5);
    const at = value.findIndex(({ address }) => address === server.transport.address);
    this.changes++;
    if (at < 0) this.lists.next([...value, server.transport]);
    else if (this.chance() < 0.5) this.lists.next(value.toSpliced(at, 1));
    else this.lists.next(value.with(at, { ...server.transport, weight }));
  }
}
