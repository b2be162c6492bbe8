/**
 * The package as it is published: the JavaScript that `tsc` makes of `src`, built by `run.ts`. Read from `src`, it would be whatever
 * the TypeScript loader makes of it.
 */
const built = process.env['RXPOOL_BENCH_BUILD'];
if (built === undefined) throw new Error('start the benchmarks with `npm run bench`, which builds what they measure');

const core = (await import(`${built}/index.js`)) as typeof import('../../src/index.js');
const sockets = (await import(`${built}/tcp/index.js`)) as typeof import('../../src/tcp/index.js');
const framings = (await import(`${built}/protocol/index.js`)) as typeof import('../../src/protocol/index.js');

export const { createPool, transport } = core;
export const { tcp } = sockets;
export const { consume, delimited, frames, lengthPrefixed, lines, readable, requestClient } = framings;
export type { Lease, Pool } from '../../src/index.js';
