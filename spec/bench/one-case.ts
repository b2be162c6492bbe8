import type { Case, Row } from './rows.js';

/** What the process of a case tells the one that started it. */
export type CaseMessage = { readonly share: number } | { readonly rows: Row[] };

const [name = '', ...flags] = process.argv.slice(2);
const { default: run } = (await import(`./cases/${name}.ts`)) as { default: Case };
const rows = await run({
  quick: flags.includes('--quick'),
  progress: (share) => {
    process.send?.({ share } satisfies CaseMessage);
  },
});
process.send?.({ rows } satisfies CaseMessage, undefined, {}, () => process.exit());
