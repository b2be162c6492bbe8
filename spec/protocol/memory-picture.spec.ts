import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memoryConfig, memoryPicture } from '../../docs/plots/memory-picture.js';

const MiB = 1024 * 1024;

const titleOf = (svg: string): string | undefined => /<title>(.*)<\/title>/.exec(svg)?.[1];
const heldOf = (svg: string, way: string): number => Number(new RegExp(`>${way}: ([\\d.]+) MiB<`).exec(svg)?.[1]);

function read(path: string): string {
  return readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
}

it('draws what was measured', () => {
  const svg = memoryPicture(
    {
      concatMap: {
        most: 467.76 * MiB,
        consumed: 0,
        samples: [
          [0, 100 * MiB],
          [8.5, 550 * MiB],
        ],
      },
      consume: {
        most: 0.28125 * MiB,
        consumed: 0,
        samples: [
          [0, 100 * MiB],
          [8.5, 130 * MiB],
        ],
      },
    },
    { bytes: 512 * MiB, pace: (60 * MiB) / 1_000 },
  );
  expect(titleOf(svg)).toBe('512 MiB sent at full speed, consumed at 60 MiB a second');
  expect(heldOf(svg, 'concatMap')).toBe(468);
  expect(heldOf(svg, 'consume')).toBe(0.281);
  // Both go over 17 of 18 halves of a second; the upper one comes from a sixth to eleven twelfths of the height.
  expect(svg).toContain('<path d="M64 267.3L668.4 84.3" fill="none" stroke="#0072b2"');
  expect(svg).toContain('<path d="M64 267.3L668.4 255.1" fill="none" stroke="#d55e00"');
});

it('has a picture in the guide, of a run of today’s size that keeps what is promised', () => {
  const svg = read('plots/memory.svg');
  const nothing = { most: 0, consumed: 0, samples: [[1, 1]] as const };
  expect(titleOf(svg)).toBe(titleOf(memoryPicture({ concatMap: nothing, consume: nothing }, memoryConfig)));
  expect(heldOf(svg, 'consume')).toBeLessThanOrEqual((256 + 64) / 1024);
  expect(heldOf(svg, 'concatMap')).toBeGreaterThan(100);
  expect(read('flow-control.md')).toMatch(/!\[[^\]]+\]\(plots\/memory\.svg\)/);
});
