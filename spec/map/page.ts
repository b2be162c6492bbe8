import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './sources.js';

const page = new URL('docs/architecture.md', root);
const BEGIN = '<!-- picture: begin -->';
const END = '<!-- picture: end -->';

export function readPage(): string {
  return readFileSync(page, 'utf8');
}

export function writePage(text: string): void {
  writeFileSync(page, text);
}

/** The page with this picture between its marks. */
export function withPicture(text: string, picture: string): string {
  const [before, rest, ...more] = text.split(BEGIN);
  const [, after, ...others] = (rest ?? '').split(END);
  if (after === undefined || more.length + others.length > 0)
    throw new Error(`the page needs ${BEGIN} and ${END}, once`);
  return `${before!}${BEGIN}\n\n${picture}\n\n${END}${after}`;
}
