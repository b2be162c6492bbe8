/**
 * How much the specs notice: `npm run test:mutation` changes the source in one place after another and looks for a test that fails.
 *
 * Stryker needs Node 22, which the script brings along; neither is a dependency. The first run takes the better part of an hour on two
 * cores; a later one redoes what has changed since, unless `coverage/mutation` is deleted.
 */
export default {
  mutate: ['src/endpoint/**/*.ts', 'src/pool/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'spec/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 3_000,
  // None: there is nothing to rewrite in it, and to find that out Stryker would need TypeScript beside itself.
  tsconfigFile: 'none',

  // A folder that Git, the linter and the formatter leave alone.
  tempDirName: 'coverage/mutation/sandbox',
  incremental: true,
  incrementalFile: 'coverage/mutation/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'html'],
  clearTextReporter: { reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation/report.html' },

  thresholds: { high: 95, low: 90, break: 85 },
};
