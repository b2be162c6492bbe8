import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pictures } from '../../docs/plots/pictures.js';

const drawn = Object.entries(pictures).map(([name, draw]) => [name, draw()] as const);

it.each(drawn)(
  '%s shows what is measured now; `node --import tsx docs/plots/balancing.ts` draws it anew',
  (name, now) => {
    expect(readFileSync(new URL(`../../docs/plots/${name}`, import.meta.url), 'utf8')).toBe(now);
  },
);
