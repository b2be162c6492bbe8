import type { CloseConfig } from '../../src/index.js';
import type { World } from './world.js';

/** Closes the pool in one of its forms. */
export function closePool(world: World, config: CloseConfig): true {
  const { clients, ledger, tally, pool } = world;
  tally.add(`close ${config.borrowed ?? `wait ${config.timeout ?? ''}`}`);
  clients.isPoolClosing = true;
  if (config.borrowed === 'leave') {
    clients.forgetLost();
    for (const { socket } of clients.in('holding')) {
      const record = socket && ledger.sockets.get(socket);
      if (record === undefined) continue;
      record.isForeign = true;
    }
  }
  void pool.close(config).then((report) => {
    world.reports.push(report);
  });
  return true;
}
