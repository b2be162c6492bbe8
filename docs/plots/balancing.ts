import { writeFileSync } from 'node:fs';
import { pictures } from './pictures.js';

// Draws the pictures of the guide on balancing: `node --import tsx docs/plots/balancing.ts`.
for (const [name, draw] of Object.entries(pictures)) writeFileSync(new URL(name, import.meta.url), draw());
