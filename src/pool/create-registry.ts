import { checkConfig, type Rule } from '../endpoint/check-config.js';
import { closeRules, type CloseConfig, type CloseReport } from './closing.js';
import { poolRules, type PoolConfig } from './config.js';
import { createPool } from './create-pool.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { Pool } from './pool.js';
import type { PoolSource } from './pool-source.js';

/** What a pool of this type is made of. */
type SocketOf<P> = P extends Pool<infer S> ? S : never;
type DataOf<P> = P extends Pool<unknown, infer D> ? D : never;

/**
 * Pools by name. A name is taken from `create` until everything of its pool has closed, whoever closes it.
 *
 * `Pools` says which names there are and the type of each pool. Without it every name will do, and `get` knows no types.
 */
export interface Registry<
  Pools extends { readonly [Name in keyof Pools]: Pool } = Record<string, Pool>,
> extends AsyncDisposable {
  /**
   * As `createPool`, under a name, which is the pool's name too.
   *
   * @throws TypeError if the name is taken, PoolClosedError while `closeAll` is under way.
   */
  create<Name extends keyof Pools & string, S extends SocketOf<Pools[Name]>, D extends DataOf<Pools[Name]>>(
    name: Name,
    source: PoolSource<S, D> | readonly PoolSource<S, D>[],
    config?: Omit<PoolConfig<NoInfer<S>, NoInfer<D>>, 'name'>,
  ): Pool<S, D>;
  /**
   * The pool of that name, also while it is closing.
   *
   * @throws TypeError if there is none: nobody has made it, or it has closed.
   */
  get<Name extends keyof Pools & string>(name: Name): Pools[Name];
  /** Whether there is a pool of that name, so that `get` gives it and `create` does not. */
  has(name: keyof Pools & string): boolean;
  /** Those that there are now, in the order of their making. */
  list(): readonly Pools[keyof Pools][];
  /** Closes one pool, as its own `close` does. `undefined` if there is none. */
  close(name: keyof Pools & string, config?: CloseConfig): Promise<CloseReport | undefined>;
  /** Closes every pool there is, and resolves when all have closed, with their reports by name. Then the registry may be used again. */
  closeAll(config?: CloseConfig): Promise<Readonly<Record<string, CloseReport>>>;
}

const rules: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries(poolRules).filter(([option]) => option !== 'name'),
);

/**
 * A registry of named pools.
 *
 * @example
 * ```ts
 * import { createRegistry } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pools = createRegistry();
 * pools.create('cache', tcp('cache.internal:11211'), { max: 20 });
 * pools.create('prices', tcp('prices.internal:7000'));
 *
 * for (const { name, stats } of pools.list()) console.log(name, stats.lent, stats.idle);
 * pools.closeAll({ timeout: 5_000 }).then((reports) => console.log(reports), report);
 * ```
 */
export function createRegistry<
  Pools extends { readonly [Name in keyof Pools]: Pool } = Record<string, Pool>,
>(): Registry<Pools>;
export function createRegistry(): Registry {
  return new PoolRegistry();
}

class PoolRegistry implements Registry {
  private readonly pools = new Map<string, Pool>();
  /** Calls of `closeAll` under way. */
  private closings = 0;

  create<S, D>(
    name: string,
    source: PoolSource<S, D> | readonly PoolSource<S, D>[],
    config: Omit<PoolConfig<NoInfer<S>, NoInfer<D>>, 'name'> = {},
  ): Pool<S, D> {
    if (typeof (name as unknown) !== 'string' || name === '') throw new TypeError('create: a pool needs a name');
    checkConfig('create', config, rules);
    const holder = this.pools.get(name);
    if (holder !== undefined) {
      const why = holder.status.state === 'closed' ? 'until its pool has closed' : 'already';
      throw new TypeError(`create: the name ${name} is taken ${why}`);
    }
    if (this.closings > 0) throw new PoolClosedError(name);
    const pool = createPool(source, { ...config, name });
    this.pools.set(name, pool);
    pool.status$.subscribe({ complete: () => this.pools.delete(name) });
    return pool;
  }

  get(name: string): Pool {
    const pool = this.pools.get(name);
    if (pool !== undefined) return pool;
    const others = this.pools.size === 0 ? 'is none at all' : `are ${[...this.pools.keys()].join(', ')}`;
    throw new TypeError(`get: there is no pool ${name}; there ${others}`);
  }

  has(name: string): boolean {
    return this.pools.has(name);
  }

  list(): readonly Pool[] {
    return [...this.pools.values()];
  }

  async close(name: string, config?: CloseConfig): Promise<CloseReport | undefined> {
    checkConfig('close', config, closeRules);
    return this.pools.get(name)?.close(config);
  }

  async closeAll(config?: CloseConfig): Promise<Readonly<Record<string, CloseReport>>> {
    checkConfig('closeAll', config, closeRules);
    return this.closeEach(config);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeAll();
  }

  private async closeEach(config: CloseConfig | undefined): Promise<Readonly<Record<string, CloseReport>>> {
    this.closings++;
    try {
      const reports = this.list().map(async (pool) => [pool.name, await pool.close(config)] as const);
      return Object.fromEntries(await Promise.all(reports));
    } finally {
      this.closings--;
    }
  }
}
