// Borrowers that ask without a rest, until a signal closes their pool. What else the process does depends on the mode.
import { first, firstValueFrom } from 'rxjs';
import { createPool } from '../../../src/index.js';
import { closeOnSignals } from '../../../src/node/index.js';
import { lines } from '../../../src/protocol/index.js';
import { tcp } from '../../../src/tcp/index.js';
import { codeOf } from './code-of.js';

const [address, mode] = process.argv.slice(2) as [string, 'alone' | 'listening' | 'forced' | 'unref' | 'two calls'];
const pool = createPool(tcp(address), { max: 3 });
const alive = setInterval(() => undefined, 60_000);
let answers = 0;

const forever = { timeout: Infinity };
if (mode === 'two calls') {
  // This one has nothing to wait for.
  closeOnSignals(createPool(tcp(address)), { close: forever });
}
closeOnSignals(pool, { close: forever, ...(mode === 'forced' && { exit: true }) });
if (mode === 'listening' || mode === 'forced') process.on('SIGTERM', () => console.log('heard'));
pool.events$.subscribe(({ type }) => {
  if (type !== 'closing') return;
  // From now on nothing but the pool may keep the process.
  if (mode === 'unref' || mode === 'listening') clearInterval(alive);
  console.log('closing');
});

async function work(): Promise<string> {
  for (;;) {
    try {
      await firstValueFrom(
        pool.use((socket, lease) => {
          if (mode === 'unref') socket.unref();
          socket.write('ask\n');
          return lease.data$.pipe(lines(), first());
        }),
      );
    } catch (error) {
      return codeOf(error);
    }
    answers++;
    if (answers === 100) console.log('busy');
  }
}

const codes = await Promise.all(Array.from({ length: 10 }, work));
console.log(`answers ${answers}`, ...new Set(codes));
