import { pipe, takeWhile } from 'rxjs';
import { expect, it } from 'vitest';
import { createPool, type Lease, type Pool } from '../../src/index.js';
import { consume, lines, readable, send } from '../../src/protocol/index.js';
import { createNetwork, VirtualClock, type SimulatedSocket } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';
import { look } from './flow-lab.js';

function lab(): { clock: VirtualClock; pool: Pool<SimulatedSocket, Buffer>; told: string[] } {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  network.listen('echo:7', (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => socket.write(data));
  });
  const pool = createPool(network.tcp('echo:7'), { clock, random: network.random, max: 1 });
  const told: string[] = [];
  pool.events$.subscribe(({ type }) => told.push(type));
  return { clock, pool, told };
}

function borrow(pool: Pool<SimulatedSocket, Buffer>, clock: VirtualClock): Lease<SimulatedSocket, Buffer> {
  const borrowed = record(pool.borrow());
  clock.advance(10);
  return borrowed.only;
}

const untilEnd = pipe(
  lines(),
  takeWhile((line) => line !== 'END'),
);

it('gives the next borrower the same socket, as new, after send and consume', async () => {
  const { clock, pool, told } = lab();
  const first = borrow(pool, clock);
  const { socket } = first;
  const before = look(socket);
  let lease = first;
  for (let i = 0; i < 3; i++) {
    async function* question(): AsyncGenerator<string> {
      for (let n = 0; n < 100; n++) yield `${i} ${n} ${'x'.repeat(1000)}\n`;
      yield 'END\n';
    }
    const sent = record(send(lease.socket, question()));
    const work = async (line: string): Promise<number> => Number(line.split(' ')[1]);
    const answer = record(readable(lease.socket, untilEnd).pipe(consume(work, { highWaterMark: 1 })));
    while (!(sent.isOver && answer.isOver)) await clock.advanceAsync(10);
    expect(answer.values).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(sent.completed).toBe(true);
    lease.release();
    lease = borrow(pool, clock);
    expect(lease.socket).toBe(socket);
    expect(look(socket)).toEqual(before);
  }
  expect(told).not.toContain('leftover');
  expect(told).not.toContain('closed');
  lease.release();
  void pool.close();
  clock.advance(10_000);
});

it('loses no byte when data$ goes on where a reading was left, and the other way round', async () => {
  const { clock, pool } = lab();
  const lease = borrow(pool, clock);
  const text: string[] = [];
  const push = (chunk: Uint8Array): number => text.push(String(chunk));
  for (let i = 0; i < 10; i++) {
    const reading = i % 2 === 0 ? readable(lease.socket).subscribe(push) : lease.data$.subscribe(push);
    lease.socket.write(`${i}`);
    clock.advance(2);
    lease.socket.write(`,`);
    clock.advance(i % 3);
    reading.unsubscribe();
  }
  record(readable(lease.socket)).subscription.unsubscribe();
  lease.data$.subscribe(push);
  clock.advance(10);
  expect(text.join('')).toBe('0,1,2,3,4,5,6,7,8,9,');
  lease.release();
  void pool.close();
  clock.advance(10_000);
});
