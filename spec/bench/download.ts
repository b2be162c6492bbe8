import { connect, type Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { nextMessage, start } from './child.js';

/** What reading all that a sender sends has taken. */
export interface Download {
  /** From the connect to the end, in ms. */
  readonly wall: number;
  /** Of this process, in ms. */
  readonly cpu: number;
}

/** Reads a socket to its end, and says how many it has read of what it counts. */
export type Reader = (socket: Socket) => Promise<number>;

/** Sends the same to each that connects: a unit, so many times. It is a process of its own. */
export class Sender {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  static async of(unit: string | Uint8Array, times: number): Promise<Sender> {
    const child = start('sender.ts', [Buffer.from(unit).toString('base64'), String(times)]);
    return new Sender(child, await nextMessage<number>(child));
  }

  connect(): Socket {
    return connect({ port: this.port, host: '127.0.0.1' });
  }

  /** Throws where the reader has not read as many as it should. */
  async measure(read: Reader, expected: number): Promise<Download> {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const count = await read(this.connect());
    const wall = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    if (count !== expected) throw new Error(`read ${String(count)} of ${String(expected)}`);
    return { wall, cpu: (user + system) / 1_000 };
  }

  stop(): void {
    this.child.kill();
  }
}
