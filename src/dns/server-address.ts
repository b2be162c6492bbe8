/** Where a server is, as a source of addresses has found it. */
export interface ServerAddress {
  /** What to connect to: a host name or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The host name that has led there, which a TLS certificate is for. The same as `host` unless that is the answer of a look-up. */
  readonly name: string;
}

/** A server of a source, with how it is to be preferred. */
export interface ListedServer extends ServerAddress {
  /** Its share beside others of the same priority. */
  readonly weight: number;
  /** Lower ones come first. */
  readonly priority: number;
}
