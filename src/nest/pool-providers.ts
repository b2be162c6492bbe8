import type { Provider } from '@nestjs/common';
import type { AsyncPoolDefinition } from './async-pool-definition.js';
import { getPoolToken } from './get-pool-token.js';
import { ManagedPool } from './managed-pool.js';
import type { PoolDefinition } from './pool-definition.js';

/** All pools of one module. */
export const MANAGED_POOLS = 'rxpool:pools';

const managedToken = (name?: string): string => `rxpool:managed:${getPoolToken(name)}`;

/**
 * The providers of some pools: each under its token, and all of them for the module that starts and stops them.
 *
 * @internal
 * @throws TypeError for two pools of the same name.
 */
export function poolProviders(definitions: readonly (PoolDefinition | AsyncPoolDefinition)[]): Provider[] {
  const names = definitions.map(({ name }) => name);
  const twice = names.find((name, i) => names.findIndex((other) => getPoolToken(other) === getPoolToken(name)) !== i);
  if (names.length !== new Set(names.map(getPoolToken)).size) {
    throw new TypeError(`RxpoolModule: there are two pools of the name ${twice ?? 'default'}`);
  }
  return [
    ...definitions.flatMap((definition): Provider[] => [
      managed(definition),
      {
        provide: getPoolToken(definition.name),
        inject: [managedToken(definition.name)],
        useFactory: ({ pool }: ManagedPool) => pool,
      },
    ]),
    {
      provide: MANAGED_POOLS,
      inject: names.map(managedToken),
      useFactory: (...pools: ManagedPool[]) => pools,
    },
  ];
}

function managed(definition: PoolDefinition | AsyncPoolDefinition): Provider {
  const provide = managedToken(definition.name);
  if ('create' in definition) return { provide, useFactory: () => new ManagedPool(definition) };
  const { inject = [], useFactory } = definition;
  return {
    provide,
    inject,
    useFactory: async (...dependencies: never[]) => new ManagedPool(await useFactory(...dependencies)),
  };
}
