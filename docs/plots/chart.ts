import { placeOn, type Axis } from './axis.js';

/** Told apart by eyes that do not tell red from green, and in print. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const;

export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isDashed?: boolean;
}

export interface Bar {
  /** Its two edges. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly colour: string;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines?: readonly Line[];
  readonly bars?: readonly Bar[];
  /** What the colours mean, where lines do not say it. */
  readonly legend?: readonly Pick<Line, 'label' | 'colour'>[];
}

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 16;
const TOP = 64;
const BOTTOM = 52;

/** The chart as an SVG file. */
export function draw({ title, x, y, lines = [], bars = [], legend = lines }: Chart): string {
  const across = (value: number): string => show(LEFT + placeOn(x, value) * (WIDTH - LEFT - RIGHT));
  const up = (value: number): string => show(HEIGHT - BOTTOM - placeOn(y, value) * (HEIGHT - TOP - BOTTOM));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" fill="#222">${title}</text>`,
    ...legend.map(({ label, colour }, place) => legendEntry(label, colour, LEFT + place * 160)),
    ...y.ticks.map((tick) => {
      const at = up(tick);
      const name = `<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end" fill="#555">${nameOf(y, tick)}</text>`;
      return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="#ddd"/>${name}`;
    }),
    ...x.ticks.map((tick) => {
      return `<text x="${across(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#555">${nameOf(x, tick)}</text>`;
    }),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle" fill="#222">${x.label}</text>`,
    `<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222">${y.label}</text>`,
    ...bars.map(({ x: [left, right], y: [low, high], colour }) => {
      return `<path d="M${across(left)} ${up(low)}H${across(right)}V${up(high)}H${across(left)}Z" fill="${colour}"/>`;
    }),
    ...lines.map(({ points, colour, isDashed = false }) => {
      const path = points.map(([px, py]) => `${across(px)} ${up(py)}`).join('L');
      const dashes = isDashed ? ' stroke-dasharray="5 4"' : '';
      return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`;
    }),
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#555"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function legendEntry(label: string, colour: string, left: number): string {
  return `<rect x="${left}" y="36" width="14" height="10" fill="${colour}"/><text x="${left + 20}" y="45" fill="#222">${label}</text>`;
}

function nameOf({ name = String }: Axis, tick: number): string {
  return name(tick);
}

/** A tenth of a point is as much as anybody sees. */
function show(place: number): string {
  return String(Number(place.toFixed(1)));
}
