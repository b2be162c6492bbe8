/** One endpoint of a pool, as a picker sees it. It is the same object for as long as the pool has the endpoint, and always up to date. */
export interface Candidate {
  readonly address: string;
  /** As the endpoint's status has it, or `ejected`. */
  readonly state: 'idle' | 'connecting' | 'up' | 'down' | 'failed' | 'ejected';
  /** Leases under way. */
  readonly leases: number;
  /** Attempts to connect under way. */
  readonly connecting: number;
  /** How long its leases have lately taken, in ms, 0 while unknown: a longer one counts in full at once, and fades. */
  readonly latency: number;
  /** Its share beside others. A positive number, 1 unless its transport says otherwise; less while it starts slowly. */
  readonly weight: number;
  /** From above 0 to 1: less than 1 while it starts slowly; already part of `weight`. */
  readonly warmth: number;
  /** Which group it belongs to: lower ones come first. 0 unless its transport says otherwise. */
  readonly priority: number;
  /** The picker's own note, 0 at first. */
  mark: number;
}
