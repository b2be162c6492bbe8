/** From values to places on paper, and which values are written beside it. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Each tick is so many times the one before, as on the axis of a thing that ranges widely. */
  readonly isLogarithmic?: boolean;
  /** What is written at a tick. @default the number */
  readonly name?: (tick: number) => string;
}

/** Where the value is on the axis: 0 at its beginning, 1 at its end. What is beyond the ends is put there. */
export function placeOn({ from, to, isLogarithmic = false }: Axis, value: number): number {
  const scale = isLogarithmic ? Math.log : (one: number): number => one;
  return (scale(Math.min(Math.max(value, from), to)) - scale(from)) / (scale(to) - scale(from));
}
