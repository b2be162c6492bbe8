import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These take longest, so they have the last word: most changes fail a quick test before. */
const LAST = ['stats', 'sizing', 'queue', 'pool-core', 'reentrancy'].map((name) => `/pool/${name}.spec.ts`);

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => LAST.findIndex((name) => moduleId.endsWith(name));
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  test: {
    include: ['spec/{endpoint,pool}/**/*.spec.ts'],
    // What only chance or a long walk would find has no test that says it.
    exclude: ['spec/pool/model/**', 'spec/pool/random-walk.spec.ts'],
    // One module graph for all: a run would otherwise be mostly loading it anew.
    isolate: false,
    sequence: { sequencer: QuickFirst },
  },
});
