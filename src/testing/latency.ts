/** How long something takes, in ms: always the same, or drawn anew each time from numbers between 0 and below 1. */
export type Latency = number | ((random: () => number) => number);

/** Draws one; whatever a careless function returns, it is a time. */
export function draw(latency: Latency, random: () => number): number {
  const ms = typeof latency === 'number' ? latency : latency(random);
  return ms > 0 ? ms : 0;
}
