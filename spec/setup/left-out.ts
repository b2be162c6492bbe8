import { describe, expect, it } from 'vitest';
import type { Complete } from '../../src/endpoint/complete.js';

/** In ms, on a machine with much else to do: some stories have thousands of borrowers. */
const STORIES_TAKE = 60_000;

/**
 * An option that is undefined counts as left out: whatever is told of the story with it is what is told without. `others` are values that
 * change the story, each, since else it would say nothing about its option.
 */
export function leftOut<Config extends object>(
  subject: string,
  others: Complete<Config>,
  story: (config: Config) => unknown,
): void {
  describe(`${subject}: an option that is undefined is as good as left out`, () => {
    it.each(Object.entries(others))(
      '%s',
      async (option, other) => {
        const usual = await story({} as Config);
        expect(await story({ [option]: undefined } as Config)).toEqual(usual);
        expect(await story({ [option]: other } as Config)).not.toEqual(usual);
      },
      STORIES_TAKE,
    );
  });
}
