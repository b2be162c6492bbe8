import { defineConfig } from 'vitest/config';

export default defineConfig({
  // In the examples, too, the package's name means its source.
  resolve: { tsconfigPaths: true },
  test: {
    // A promise or Observable that fails unheard is a bug of the pool, even where every assertion passes.
    dangerouslyIgnoreUnhandledErrors: false,
    // Vitest leaves one core idle unless told otherwise: on two cores that would be half of the time.
    maxWorkers: '100%',
    // Nor may it leave a timer, a socket or a warning behind.
    setupFiles: ['./spec/setup/no-leaks.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // There are about three hundred files, and a process for each would take longer to start than to test.
          pool: 'threads',
          include: ['spec/**/*.spec.ts', 'docs/examples/**/*.spec.ts'],
          exclude: ['spec/integration/**', 'spec/integrations/**', 'spec/package/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          // Wider than `*.it.spec.ts`: a file named without the `it` would otherwise run nowhere.
          include: ['spec/integration/**/*.spec.ts'],
          testTimeout: 20_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['spec/package/**/*.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
