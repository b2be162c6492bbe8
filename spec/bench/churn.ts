import { setImmediate as turn } from 'node:timers/promises';
import { powerOfTwo } from 'rxpool/balance';
import { Churn } from '../../docs/plots/churn.js';

// What the heap holds after each minute of 500 changes of endpoints a second: `node --expose-gc --import tsx spec/bench/churn.ts [minutes]`.
const minutes = Number(process.argv[2] ?? 5);
const churn = new Churn(powerOfTwo());
for (let minute = 0; minute <= minutes; minute++) {
  // What the collector has found is told of in turns of the event loop, which virtual time knows nothing of.
  for (let i = 0; i < 3; i++) {
    global.gc?.();
    await turn();
  }
  const { heapUsed } = process.memoryUsage();
  const { owned, waiting } = churn.world.pool.stats;
  console.log(
    `${minute} min: ${churn.changes} changes, ${(heapUsed / 1e6).toFixed(2)} MB, ${owned} sockets, ${waiting} waiting`,
  );
  churn.run(60);
  churn.world.forget();
}
console.log('left at close:', await churn.world.close());
