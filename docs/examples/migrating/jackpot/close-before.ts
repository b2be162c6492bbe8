import type Jackpot from 'jackpot';

/** Closes all connections but some. */
export function trim(pool: Jackpot, keep: number): void {
  pool.free(keep);
}

export function report(pool: Jackpot): { open: number; opening: number } {
  let open = 0;
  pool.forEach((socket) => {
    if (!socket.destroyed) open++;
  });
  return { open, opening: pool.pending };
}

export async function close(pool: Jackpot): Promise<void> {
  pool.end();
}
