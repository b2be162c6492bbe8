import { transport, type Transport, type TransportConfig } from '../../src/endpoint/transport.js';

/** The same transport, as it would be had its author left out a part. */
export function without<S, D>({ open, ...parts }: Transport<S, D>, part: keyof TransportConfig<S, D>): Transport<S, D> {
  const kept = Object.entries(parts).filter(([name]) => name !== part);
  return transport<S, D>(open, Object.fromEntries(kept));
}
