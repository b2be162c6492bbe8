/** What a budget was doing at a moment. */
export interface BudgetPicture {
  readonly limit: number;
  /** Permits that are out. */
  readonly used: number;
  /** Requests that wait for one. */
  readonly waiting: number;
  /** Those who take part, and those who hold or wait without that. Requests without a holder count in the totals only. */
  readonly members: readonly { readonly name: string; readonly used: number; readonly waiting: number }[];
}
