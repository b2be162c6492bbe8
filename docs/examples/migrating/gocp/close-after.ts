import type { Pool } from 'rxpool';

/** Closes what is in the pool; connections that are lent stay open to their borrowers, who close them. */
export async function close(pool: Pool): Promise<number> {
  const { left } = await pool.close({ borrowed: 'leave' });
  return left;
}
