/** What a request client needs of a socket. A `net.Socket`, a TLS socket and a simulated one have it. */
export interface RequestSocket {
  readonly writable: boolean;
  write(bytes: Uint8Array | string): unknown;
  cork(): void;
  uncork(): void;
}
