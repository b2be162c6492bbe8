import { once } from 'node:events';
import type { Socket } from 'node:net';
import { concatMap, fromEvent, lastValueFrom, takeUntil, type Observable } from 'rxjs';
import { SlowConsumer } from '../../../docs/plots/slow-consumer.js';
import { Sender, type Download, type Reader } from '../download.js';
import { interleave, median, type Measure } from '../harness.js';
import { figure, speed, type Case } from '../rows.js';
import { consume, readable } from '../subject.js';

const KiB = 1024;
const MiB = 1024 * KiB;
/** The default of `consume`. */
const HIGH_WATER_MARK = 256 * KiB;
const UNIT = Buffer.alloc(KiB, 'rxpool');
/** How much slower than the bare loop the slow consumer is. */
const SLOWER = 10;

/** Works on chunks, one after the other. */
type Work = (chunk: Uint8Array) => Promise<void>;
type Consumer = (socket: Socket, work: Work) => Observable<void>;

const byConsume: Consumer = (socket, work) => readable(socket).pipe(consume(work));
/** As most would write it. */
const byConcatMap: Consumer = (socket, work) => {
  const chunks$ = fromEvent(socket, 'data', (data: Buffer) => data).pipe(takeUntil(fromEvent(socket, 'end')));
  return chunks$.pipe(concatMap(work));
};

const consumeCase: Case = async ({ quick, progress }) => {
  const bytes = (quick ? 128 : 1024) * MiB;
  const sender = await Sender.of(UNIT, bytes / UNIT.length);
  const measure = (read: Reader): Measure<Download> => {
    return () => sender.measure(read, bytes);
  };
  const rounds = { rounds: quick ? 3 : 11, warmUp: quick ? 1 : 2 };
  const downloads = await interleave<'bare' | 'consume' | 'concatMap' | 'loop', Download>(
    {
      bare: measure(bare),
      consume: measure((socket) => counting(byConsume, socket)),
      concatMap: measure((socket) => counting(byConcatMap, socket)),
      loop: measure(async (socket) => {
        let count = 0;
        for await (const chunk of readable(socket)) count += chunk.length;
        return count;
      }),
    },
    { ...rounds, progress: (share) => progress(0.8 * share) },
  );
  sender.stop();

  const ms = (name: keyof typeof downloads, of: keyof Download): number[] => downloads[name].map((one) => one[of]);
  const pace = bytes / median(ms('bare', 'wall')) / SLOWER;
  const held = await holding((quick ? 16 : 64) * MiB, pace, quick);
  progress(1);

  const besides = { name: 'a bare loop', samples: ms('bare', 'wall') };
  const size = quick ? '128 MiB' : '1 GiB';
  return [
    speed(`${size} by \`consume\``, 'ms', ms('consume', 'wall'), besides, { atLeast: 0.9 }),
    speed(`${size} by \`for await\``, 'ms', ms('loop', 'wall'), besides),
    speed(`${size} by \`data\` and \`concatMap\`, without flow control`, 'ms', ms('concatMap', 'wall'), besides),
    speed('CPU of `consume`', 'ms', ms('consume', 'cpu'), { name: 'a bare loop', samples: ms('bare', 'cpu') }),
    figure(
      'read and not consumed at most, ten times slower',
      'bytes',
      held.byConsume,
      { atMost: HIGH_WATER_MARK + 64 * KiB },
      [{ name: '`data` and `concatMap`', samples: held.byConcatMap }],
    ),
  ];
};
export default consumeCase;

async function bare(socket: Socket): Promise<number> {
  let count = 0;
  socket.on('data', (chunk) => (count += chunk.length));
  await once(socket, 'end');
  return count;
}

async function counting(consumer: Consumer, socket: Socket): Promise<number> {
  let count = 0;
  await lastValueFrom(
    consumer(socket, async (chunk) => {
      count += chunk.length;
    }),
  );
  return count;
}

/** What is held at most, while somebody slow consumes so many bytes. */
async function holding(bytes: number, pace: number, quick: boolean) {
  const sender = await Sender.of(UNIT, bytes / UNIT.length);
  const measure = (consumer: Consumer): Measure => {
    return async () => {
      const socket = sender.connect();
      const slow = new SlowConsumer(socket, pace);
      await lastValueFrom(consumer(socket, slow.work));
      if (slow.consumed !== bytes) throw new Error(`consumed ${String(slow.consumed)} of ${String(bytes)}`);
      return slow.most;
    };
  };
  const held = await interleave(
    { byConsume: measure(byConsume), byConcatMap: measure(byConcatMap) },
    { rounds: quick ? 1 : 7, warmUp: quick ? 0 : 1 },
  );
  sender.stop();
  return held;
}
