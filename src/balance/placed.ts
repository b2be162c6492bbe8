/** What a {@link PickSet} notes at those it keeps. Changed by the set only, except for `order`. */
export interface Placed {
  /** Where it stands in the set, -1 outside. */
  place: number;
  /** Its number in the order in which the pool came to know them. */
  readonly order: number;
}
