import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NEVER, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { exponentialBackoff, transport, type Transport } from 'rxpool';
import {
  dnsEndpoints,
  srvEndpoints,
  type DiscoveryError,
  type DnsEndpointsConfig,
  type ServerAddress,
  type SrvEndpointsConfig,
} from 'rxpool/dns';
import { fromFile, type FromFileConfig } from 'rxpool/node';
import { tls } from 'rxpool/tcp';
import { VirtualClock } from 'rxpool/testing';
import { describe, expectTypeOf, it } from 'vitest';

interface Wire {
  send(text: string): void;
}

const wire = (): Transport<Wire, string> => transport(() => NEVER);

describe('sources of addresses', () => {
  it('are lists of TCP transports, unless they are told otherwise', () => {
    type Plain = Observable<readonly Transport<Socket, Buffer>[]>;
    expectTypeOf(dnsEndpoints('cache.internal', { port: 7000 })).toEqualTypeOf<Plain>();
    expectTypeOf(srvEndpoints('_cache._tcp.internal')).toEqualTypeOf<Plain>();
    expectTypeOf(fromFile('servers.json')).toEqualTypeOf<Plain>();
  });

  it('are typed by the transports that they are told to make', () => {
    const secure = ({ host, port, name }: ServerAddress): Transport<TLSSocket, Buffer> =>
      tls({ host, port, servername: name });
    type Secure = Observable<readonly Transport<TLSSocket, Buffer>[]>;
    type Wires = Observable<readonly Transport<Wire, string>[]>;
    expectTypeOf(dnsEndpoints('cache.internal', { port: 7000, transport: secure })).toEqualTypeOf<Secure>();
    expectTypeOf(srvEndpoints('_cache._tcp.internal', { transport: secure })).toEqualTypeOf<Secure>();
    expectTypeOf(fromFile('servers.json', { transport: secure })).toEqualTypeOf<Secure>();
    expectTypeOf(dnsEndpoints('cache.internal', { port: 7000, transport: wire })).toEqualTypeOf<Wires>();
  });

  it('hand the server to the option `transport`, and failures to `onError`, typed', () => {
    dnsEndpoints('cache.internal', {
      port: 7000,
      transport: (server) => {
        expectTypeOf(server).toEqualTypeOf<ServerAddress>();
        return wire();
      },
      onError: (error) => {
        expectTypeOf(error).toEqualTypeOf<DiscoveryError>();
        expectTypeOf(error.info.known).toEqualTypeOf<number>();
      },
    });
  });

  it('take their options, and no others', () => {
    const query = { servers: ['10.0.0.2'], timeout: 500, backoff: exponentialBackoff({ max: 5_000 }) };
    const dns: DnsEndpointsConfig = {
      port: 7000,
      family: 4,
      minTtl: 1,
      maxTtl: 5,
      clock: new VirtualClock(),
      ...query,
    };
    const srv: SrvEndpointsConfig = { interval: 1_000, clock: new TestScheduler(() => undefined), ...query };
    const file: FromFileConfig = { interval: 1_000 };
    dnsEndpoints('cache.internal', dns);
    srvEndpoints('_cache._tcp.internal', srv);
    fromFile(new URL('file:///etc/app/servers.json'), file);
    // @ts-expect-error -- no port
    dnsEndpoints('cache.internal');
    // @ts-expect-error -- no port
    dnsEndpoints('cache.internal', { family: 4 });
    // @ts-expect-error -- no such family
    dnsEndpoints('cache.internal', { port: 7000, family: 5 });
    // @ts-expect-error -- a record of a service has its own port
    srvEndpoints('_cache._tcp.internal', { port: 7000 });
    // @ts-expect-error -- a backoff of known length
    srvEndpoints('_cache._tcp.internal', { backoff: () => NEVER });
    // @ts-expect-error -- not a transport
    fromFile('servers.json', { transport: () => 'a.internal:7000' });
    // @ts-expect-error -- not a path
    fromFile(5);
  });
});
