import { connect, type Socket } from 'node:net';
import { concatMap, fromEvent, lastValueFrom, takeUntil, type Observable } from 'rxjs';
import { consume, readable } from 'rxpool/protocol';
import type { MemoryRun, Way } from './memory.js';
import { SlowConsumer } from './slow-consumer.js';

/** Between two looks at the memory, in ms. */
const EVERY = 50;

const ways: Readonly<Record<Way, (socket: Socket, work: (chunk: Uint8Array) => Promise<void>) => Observable<void>>> = {
  concatMap: (socket, work) => {
    const chunks$ = fromEvent(socket, 'data', (data: Buffer) => data).pipe(takeUntil(fromEvent(socket, 'end')));
    return chunks$.pipe(concatMap(work));
  },
  consume: (socket, work) => readable(socket).pipe(consume(work)),
};

// Consumes in one of the ways what comes from the port, at the given pace, and tells of this process's memory meanwhile.
const [way, port, pace] = process.argv.slice(2);
const socket = connect({ port: Number(port), host: '127.0.0.1' });
const consumer = new SlowConsumer(socket, Number(pace));
const samples: [seconds: number, resident: number][] = [];
const startedAt = performance.now();
const look = (): void => {
  samples.push([(performance.now() - startedAt) / 1_000, process.memoryUsage.rss()]);
};
look();
const looking = setInterval(look, EVERY);
await lastValueFrom(ways[way as Way](socket, consumer.work));
clearInterval(looking);
look();
const { most, consumed } = consumer;
process.send?.({ samples, most, consumed } satisfies MemoryRun, undefined, {}, () => process.disconnect());
