/** What flow control needs of any socket. A `net.Socket`, a TLS socket and a simulated one have it. */
export interface FlowSocket {
  readonly destroyed: boolean;
  /** Names the peer in errors. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  on(event: string, listener: (error?: unknown) => void): unknown;
  off(event: string, listener: (error?: unknown) => void): unknown;
}
