import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const built = process.env['RXPOOL_BENCH_BUILD'] ?? '';

const onBuilt: Plugin = {
  name: 'on the package that is measured',
  setup(build) {
    build.onResolve({ filter: /^rxpool(\/|$)/ }, ({ path }) => {
      return { path: `${built}${path.slice('rxpool'.length)}/index.js`, external: true };
    });
  },
};

/** An example as it runs for a user: compiled, and on the same package as all else that is measured. */
export async function example(name: string): Promise<unknown> {
  const compiled = `${built}/examples/${name}.js`;
  await build({
    entryPoints: [fileURLToPath(new URL(`../../docs/examples/${name}.ts`, import.meta.url))],
    outfile: fileURLToPath(compiled),
    plugins: [onBuilt],
    ...{ bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' },
  });
  return import(compiled);
}
