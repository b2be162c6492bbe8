import { leastInUse, peakEwma, powerOfTwo, roundRobin } from 'rxpool/balance';
import type { Axis } from './axis.js';
import { COLOURS, draw, type Bar } from './chart.js';
import { leavingServer, type Homes } from './leaving-server.js';
import { returningServer, type Return } from './returning-server.js';
import { quantile, slowServer, type Latencies } from './slow-server.js';

const percent = (part: number): string => `${Number((100 * part).toFixed(2))} %`;

/** What the pictures of the guide on balancing show: each file's name, and how it is drawn. */
export const pictures: Readonly<Record<string, () => string>> = {
  'latency.svg': () =>
    latencyPicture({
      roundRobin: slowServer(roundRobin()),
      leastInUse: slowServer(leastInUse()),
      powerOfTwo: slowServer(powerOfTwo()),
      peakEwma: slowServer(peakEwma()),
    }),
  'return.svg': () =>
    returnPicture({
      'slowStart: 10 s': returningServer({ balance: roundRobin(), failure: 'silent' }),
      'slowStart: 0': returningServer({ balance: roundRobin(), failure: 'silent', slowStart: 0 }),
    }),
  'keys.svg': () => keysPicture(leavingServer(3), 3),
};

function latencyPicture(latencies: Readonly<Record<string, Latencies>>): string {
  const tails = Array.from({ length: 201 }, (_, i) => 10 ** (-i / 50));
  const lines = Object.entries(latencies).map(([label, one], i) => ({
    label,
    colour: COLOURS[i % COLOURS.length]!,
    points: tails.map((tail) => [quantile(one, 1 - tail), tail] as const),
  }));
  const x: Axis = {
    ...{ label: 'ms', from: 1, to: 1_000_000, isLogarithmic: true },
    ticks: [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
    name: (tick) => tick.toLocaleString('en'),
  };
  const y: Axis = {
    ...{ label: 'requests that took longer', from: 0.0001, to: 1, isLogarithmic: true },
    ticks: [0.0001, 0.001, 0.01, 0.1, 1],
    name: percent,
  };
  return draw({ title: 'One of ten servers takes 20 times as long', x, y, lines });
}

function returnPicture(returns: Readonly<Record<string, Return>>): string {
  const lines = Object.entries(returns).map(([label, { shares }], i) => ({
    label,
    colour: COLOURS[i % COLOURS.length]!,
    points: shares.map((share, second) => [second, share] as const),
  }));
  const seconds = lines[0]?.points.length ?? 0;
  const fair = { label: 'its fair share', colour: '#777', isDashed: true };
  const x: Axis = {
    ...{ label: 'seconds since it went silent; it is back after 10', from: 0, to: seconds - 1 },
    ticks: Array.from({ length: Math.ceil(seconds / 5) }, (_, i) => 5 * i),
  };
  const y: Axis = { label: 'of all requests', from: 0, to: 0.15, ticks: [0, 0.05, 0.1, 0.15], name: percent };
  const points = [0, seconds - 1].map((second) => [second, 0.1] as const);
  return draw({ title: 'One of ten servers is away, and returns', x, y, lines: [...lines, { ...fair, points }] });
}

function keysPicture({ before, after }: Homes, left: number): string {
  const servers = [...new Set(before)].sort((a, b) => a - b);
  const keys = before.map((home, key) => ({ home, next: after[key] }));
  const bars = servers.flatMap((server): Bar[] => {
    const kept = keys.filter(({ home, next }) => home === server && next === server).length;
    const gained = keys.filter(({ home, next }) => home !== server && next === server).length;
    const x = [server - 0.35, server + 0.35] as const;
    if (server === left)
      return [{ x, y: [0, keys.filter(({ home }) => home === server).length] as const, colour: '#ccc' }];
    return [
      { x, y: [0, kept] as const, colour: COLOURS[0] },
      { x, y: [kept, kept + gained] as const, colour: COLOURS[1] },
    ];
  });
  const x: Axis = { label: 'server', from: -0.5, to: servers.length - 0.5, ticks: servers };
  const y: Axis = { label: 'keys', from: 0, to: 1_500, ticks: [0, 500, 1_000, 1_500] };
  const legend = [
    { label: 'keys that stay', colour: COLOURS[0] },
    { label: 'keys that have moved', colour: COLOURS[1] },
    { label: 'their server has left', colour: '#ccc' },
  ];
  return draw({ title: '10,000 keys over ten servers, one of which leaves', x, y, bars, legend });
}
