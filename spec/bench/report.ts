import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { format, resolveConfig } from 'prettier';
import type { Row } from './rows.js';

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const COLUMNS: readonly (readonly [title: string, of: keyof Row])[] = [
  ['case', 'what'],
  ['rxpool', 'ours'],
  ['beside', 'beside'],
  ['ratio', 'ratio'],
  ['p10 – p90', 'spread'],
  ['target', 'target'],
  ['', 'verdict'],
];
const BEGIN = '<!-- figures: begin -->';
const END = '<!-- figures: end -->';

export function toTerminal(sections: readonly Section[]): string {
  return sections
    .map(({ title, rows }) => {
      const table = [
        COLUMNS.map(([column]) => column),
        ...rows.map((row) => COLUMNS.map(([, of]) => row[of].replaceAll('`', ''))),
      ];
      const widths = COLUMNS.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
      const lines = table.map((cells) =>
        cells
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd(),
      );
      return `\n${title.replaceAll('`', '')}\n${lines.map((line) => `  ${line}\n`).join('')}`;
    })
    .join('');
}

/** The sections as Markdown, with what they were measured on. */
export function toPage(sections: readonly Section[]): string {
  const [{ model } = { model: 'unknown' }] = cpus();
  const machine = `Node ${process.versions.node}, ${String(cpus().length)} × ${model}, ${process.platform}.`;
  const tables = sections.map(({ title, rows }) => {
    const cells = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
    const head = [cells(COLUMNS.map(([column]) => column)), cells(COLUMNS.map(() => '---'))];
    return [`### ${title}`, '', ...head, ...rows.map((row) => cells(COLUMNS.map(([, of]) => row[of])))].join('\n');
  });
  return [machine, ...tables].join('\n\n');
}

/** Replaces what stands between the markers of the page. */
export async function writePage(figures: string): Promise<void> {
  const page = new URL('../../docs/benchmarks.md', import.meta.url);
  const text = await readFile(page, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`the page has no ${BEGIN} … ${END}`);
  const written = `${text.slice(0, before + BEGIN.length)}\n\n${figures}\n\n${text.slice(after)}`;
  await writeFile(page, await format(written, { ...(await resolveConfig(page)), parser: 'markdown' }));
}
