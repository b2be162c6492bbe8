import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { figure, type Case } from '../rows.js';

const size: Case = async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(`${process.env['RXPOOL_BENCH_BUILD'] ?? ''}/index.js`)],
    external: ['rxjs'],
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' },
  });
  const [{ contents }] = outputFiles as [(typeof outputFiles)[number]];
  return [
    figure('`rxpool`', 'bytes', [gzipSync(contents, { level: 9 }).length], { atMost: 8_000 }, [
      { name: 'minified only', samples: [contents.length] },
    ]),
  ];
};
export default size;
