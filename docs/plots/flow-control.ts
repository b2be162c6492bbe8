import { writeFileSync } from 'node:fs';
import { memory } from './memory.js';
import { memoryConfig, memoryPicture } from './memory-picture.js';

// Measures and draws the picture of the guide on flow control: `node --import tsx docs/plots/flow-control.ts`. It is a
// real run, of some 20 seconds, and no two are the same.
const runs = {
  concatMap: await memory('concatMap', memoryConfig),
  consume: await memory('consume', memoryConfig),
};
writeFileSync(new URL('memory.svg', import.meta.url), memoryPicture(runs, memoryConfig));
for (const [way, { most, samples }] of Object.entries(runs)) {
  const resident = Math.max(...samples.map(([, bytes]) => bytes));
  console.log(`${way}: ${most} bytes held, ${resident} bytes in memory at most`);
}
