import type { Pool } from 'rxpool';

/** Closes the connection at once if it is idle, and at the end of its loan if it is lent. The next borrower gets a new one. */
export function scheduleClose(resource: Pool): void {
  resource.retire();
}
