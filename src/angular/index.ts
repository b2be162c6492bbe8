export { injectPool } from './inject-pool.js';
export type { PoolRecipe } from './pool-recipe.js';
export { poolStats } from './pool-stats.js';
export { poolStatus } from './pool-status.js';
export { poolToken } from './pool-token.js';
export { provideRxpool } from './provide-rxpool.js';
export type { WatchOptions } from './watch-options.js';
