/** What `definePool` calls a pool without a name. */
const DEFAULT_NAME = 'default';

/**
 * The token under which Nest provides a pool: for `inject` of a factory, `moduleRef.get` and `overrideProvider`.
 *
 * It is a string, so that a CommonJS and an ES module copy of the package mean the same.
 *
 * @param name as in `definePool`
 */
export function getPoolToken(name: string = DEFAULT_NAME): string {
  return `rxpool:pool:${name}`;
}
