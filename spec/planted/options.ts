import { parseArgs } from 'node:util';

export interface Options {
  readonly only: readonly string[];
  readonly list: boolean;
  readonly jobs: number;
}

export const USAGE = 'npm run test:planted -- [--list] [--only <name>]… [--jobs <n>]';

/** Throws for what it does not know. */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
    },
  });
  for (const name of values.only) if (!names.includes(name)) throw new Error(`no bug is named ${name}; see --list`);
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs must be an integer from 1, got ${values.jobs}`);
  return { ...values, jobs };
}
