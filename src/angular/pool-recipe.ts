import type { Observable } from 'rxjs';
import type { PoolConfig, PoolSource } from '../index.js';

/** What a pool is made of: the arguments of `createPool`. */
export interface PoolRecipe<S = unknown, D = unknown> {
  /** A transport, an endpoint, several of them, or an Observable of lists of them. */
  readonly source: PoolSource<S, D> | readonly PoolSource<S, D>[] | Observable<readonly PoolSource<S, D>[]>;
  /** As for `createPool`. @default the name of the token, and the defaults of `createPool` */
  readonly config?: PoolConfig<NoInfer<S>, NoInfer<D>> | undefined;
}
