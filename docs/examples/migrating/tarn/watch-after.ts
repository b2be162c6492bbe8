import type { Socket } from 'node:net';
import type { Pool } from 'rxpool';

export function watch(pool: Pool<Socket>, log: (line: string) => void): void {
  pool.events$.subscribe((event) => {
    if (event.type === 'opened') log('opened');
    if (event.type === 'failed') log(`failed: ${String(event.error)}`);
    if (event.type === 'borrowed') log('lent');
    if (event.type === 'released' || event.type === 'destroyed') log('back');
    if (event.type === 'closed') log('closed');
  });
}
