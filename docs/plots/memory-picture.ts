import type { Axis } from './axis.js';
import { COLOURS, draw } from './chart.js';
import type { MemoryConfig, MemoryRun, Way } from './memory.js';

const MiB = 1024 * 1024;

/** What the picture shows. */
export const memoryConfig: MemoryConfig = { bytes: 512 * MiB, pace: (60 * MiB) / 1_000 };

/** The memory of a consumer over time, and beside each name what it held of what it had not consumed, at most. */
export function memoryPicture(runs: Readonly<Record<Way, MemoryRun>>, { bytes, pace }: MemoryConfig): string {
  const lines = Object.entries(runs).map(([way, { samples, most }], i) => ({
    label: `${way}: ${Number((most / MiB).toPrecision(3))} MiB`,
    colour: COLOURS[i % COLOURS.length]!,
    points: samples.map(([seconds, resident]) => [seconds, resident / MiB] as const),
  }));
  const points = lines.flatMap((line) => line.points);
  const seconds = Math.ceil(Math.max(...points.map(([at]) => at)));
  const hundreds = Math.ceil(Math.max(...points.map(([, resident]) => resident)) / 100);
  const x: Axis = { label: 'seconds', from: 0, to: seconds, ticks: Array.from({ length: seconds + 1 }, (_, i) => i) };
  const y: Axis = {
    ...{ label: 'MiB of the process in memory', from: 0, to: 100 * hundreds },
    ticks: Array.from({ length: hundreds + 1 }, (_, i) => 100 * i),
  };
  const title = `${bytes / MiB} MiB sent at full speed, consumed at ${Math.round((1_000 * pace) / MiB)} MiB a second`;
  return draw({ title, x, y, lines });
}
