/** A pool, as a budget sees it. */
export interface BudgetMember {
  readonly name: string;
  /** When its longest idle connection became idle, by a clock that all members share; undefined = none is idle. */
  readonly idleSince: number | undefined;
  /**
   * Whether somebody still waits for what it has reserved urgently: nothing is closed for it otherwise. When that turns true again, it
   * calls `offer`. @default true
   */
  readonly isWaitedFor?: boolean | undefined;
  /**
   * Closes that connection; its permit, reserved with this member as `holder`, is released when the close is done. Throws if it cannot, for
   * example because it has lent it meanwhile: another member is then asked.
   */
  evict(): void;
}
