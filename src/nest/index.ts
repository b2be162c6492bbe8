export type { AsyncPoolDefinition } from './async-pool-definition.js';
export { definePool, type DefinePoolConfig } from './define-pool.js';
export { getPoolToken } from './get-pool-token.js';
export { InjectPool } from './inject-pool.js';
export type { PoolDefinition, ReadyRule } from './pool-definition.js';
export { RxpoolModule } from './rxpool-module.js';
