import type { Pool } from 'rxpool';

/** Closes all connections but some. */
export function trim(pool: Pool, keep: number): void {
  pool.free(keep);
}

export function report(pool: Pool): { open: number; opening: number } {
  const { idle, lent, checking, connecting } = pool.stats;
  return { open: idle + lent + checking, opening: connecting };
}

export async function close(pool: Pool): Promise<void> {
  await pool.close();
}
