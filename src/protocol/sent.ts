/** How far a `send()` has come, in bytes. */
export interface Sent {
  /** Handed to the socket. It may still hold a part of them. */
  readonly accepted: number;
  /** Known to have left the socket for the network. It does not say that the peer has them. */
  readonly flushed: number;
}
