import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fromEvent, take } from 'rxjs';
import { nextMessage, start } from '../child.js';
import { interleave, type Measure } from '../harness.js';
import { MAX } from '../peers.js';
import { cost, type Case } from '../rows.js';
import { createPool, lines, tcp } from '../subject.js';

const QUESTION = 'a question of thirty-two bytes\n';
const ANSWER = QUESTION.trimEnd();

/** Asks once and calls back with the answer. */
type Ask = (answered: (line: string) => void) => void;

const echo: Case = async ({ quick, progress }) => {
  const server = start('echo-server.ts');
  const address = { port: await nextMessage<number>(server), host: '127.0.0.1' };
  const pool = createPool(tcp(address), { min: MAX, max: MAX });
  await pool.ready();
  const one$ = pool.available$.pipe(take(1));

  const byHand = await sockets(address);
  const byHandAnew = await sockets(address);
  const byHandLines = await sockets(address);
  const contenders = {
    // A listener for good, as code without a pool would have it.
    byHand: cpu(quick, byHand.map(listening)),
    byHandAnew: cpu(
      quick,
      byHandAnew.map((socket) => (answered) => askWithListener(socket, answered)),
    ),
    byHandLines: cpu(
      quick,
      byHandLines.map((socket) => (answered) => askWithLines(socket, answered)),
    ),
    borrow: cpu(
      quick,
      Array.from({ length: MAX }, () => (answered) => {
        pool.borrow().subscribe((lease) => {
          askWithListener(lease.socket, (line) => {
            lease.release();
            answered(line);
          });
        });
      }),
    ),
    take: cpu(
      quick,
      Array.from({ length: MAX }, () => (answered) => {
        one$.subscribe((lease) => {
          askWithListener(lease.socket, (line) => {
            lease.release();
            answered(line);
          });
        });
      }),
    ),
    acquire: cpu(
      quick,
      Array.from({ length: MAX }, () => (answered) => {
        void pool.acquire().then((lease) => {
          askWithListener(lease.socket, (line) => {
            lease.release();
            answered(line);
          });
        });
      }),
    ),
    use: cpu(
      quick,
      Array.from({ length: MAX }, () => (answered) => {
        let answer = '';
        pool
          .use((socket, lease) => {
            socket.write(QUESTION);
            return lease.data$.pipe(lines(), take(1));
          })
          .subscribe({ next: (line) => (answer = line), complete: () => answered(answer) });
      }),
    ),
  };
  const µs = await interleave(contenders, { rounds: quick ? 5 : 21, warmUp: quick ? 2 : 5, progress });
  if (pool.stats.opened !== MAX) throw new Error('the pool has not kept its connections');

  const atMost = 1.1;
  const listener = { name: 'by hand, a listener for good', samples: µs.byHand };
  const anew = { name: 'by hand, a listener a request', samples: µs.byHandAnew };
  const piped = { name: 'by hand, `lines()` a request', samples: µs.byHandLines };
  return [
    cost('`borrow()`, a listener a request', 'µs', µs.borrow, listener, { atMost }),
    cost('`available$.pipe(take(1))`, a listener a request', 'µs', µs.take, listener, { atMost }),
    cost('`await acquire()`, a listener a request', 'µs', µs.acquire, listener, { atMost }),
    cost('`borrow()`, a listener a request', 'µs', µs.borrow, anew),
    cost('`use()`, `lease.data$` and `lines()`', 'µs', µs.use, piped, { atMost }),
    cost('`use()`, `lease.data$` and `lines()`', 'µs', µs.use, listener),
  ];
};
export default echo;

function sockets(address: { port: number; host: string }): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: MAX }, async () => {
      const socket = connect({ ...address, noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
}

/** Cuts what arrives into lines, the same for everybody who has a listener. */
function onLine(heard: (line: string) => void): (data: Buffer) => void {
  let rest = '';
  return (data) => {
    rest += data.toString();
    const end = rest.indexOf('\n');
    if (end === -1) return;
    const line = rest.slice(0, end);
    rest = rest.slice(end + 1);
    heard(line);
  };
}

function listening(socket: Socket): Ask {
  let current: (line: string) => void = () => {};
  socket.on(
    'data',
    onLine((line) => current(line)),
  );
  return (answered) => {
    current = answered;
    socket.write(QUESTION);
  };
}

function askWithListener(socket: Socket, answered: (line: string) => void): void {
  const onData = onLine((line) => {
    socket.off('data', onData);
    answered(line);
  });
  socket.on('data', onData);
  socket.write(QUESTION);
}

function askWithLines(socket: Socket, answered: (line: string) => void): void {
  let answer = '';
  fromEvent(socket, 'data', (data: Buffer) => data)
    .pipe(lines(), take(1))
    .subscribe({ next: (line) => (answer = line), complete: () => answered(answer) });
  socket.write(QUESTION);
}

/** Microseconds of our CPU for each request, while every worker asks one after the other. */
function cpu(quick: boolean, workers: readonly Ask[]): Measure {
  const requests = quick ? 200 : 500;
  return async () => {
    const before = process.cpuUsage();
    await Promise.all(workers.map((ask) => work(ask, requests)));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (requests * workers.length);
  };
}

function work(ask: Ask, requests: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = requests;
    const answered = (line: string): void => {
      if (line !== ANSWER) reject(new Error(`answered ${line}`));
      else if (--left === 0) resolve();
      else ask(answered);
    };
    ask(answered);
  });
}
