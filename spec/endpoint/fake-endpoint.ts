import { endpoint, type Endpoint, type EndpointConfig } from '../../src/endpoint/endpoint.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from './fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

export interface FakeEndpoint {
  readonly clock: VirtualClock;
  readonly transport: FakeTransport;
  readonly connection: Endpoint<FakeSocket, string>;
}

/** An endpoint whose time and whose every attempt are in the test's hands. */
export function fakeEndpoint(config: Omit<EndpointConfig<FakeSocket>, 'clock'> = {}): FakeEndpoint {
  const clock = new VirtualClock();
  const transport = fakeTransport();
  return { clock, transport, connection: endpoint(transport, { ...config, clock }) };
}
