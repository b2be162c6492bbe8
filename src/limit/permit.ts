/** Leave to hold one open socket. */
export interface Permit {
  /** Gives it back, to the next who waits for one. Later calls do nothing. */
  release(): void;
}
