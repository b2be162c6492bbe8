import { once } from 'node:events';
import type { Socket } from 'node:net';
import { firstValueFrom, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { dnsEndpoints, srvEndpoints } from '../../src/dns/index.js';
import type { Transport } from '../../src/index.js';
import { tls } from '../../src/tcp/index.js';
import { startDnsServer } from '../dns/dns-server.js';
import { addressesOf, watch } from '../dns/look-ups.js';
import { certificateFor } from './certificates.js';
import { runChild } from './children.js';
import { testPool, until } from './pools.js';
import { echo, startServer, startTlsServer } from './servers.js';

const NAME = 'cache.test';

/** Sends a word to the first server that the source finds, and returns what comes back. */
async function roundTrip<S extends Socket>(source: Observable<readonly Transport<S, Buffer>[]>): Promise<string> {
  const pool = testPool(await firstValueFrom(source));
  const lease = await pool.acquire();
  const answered = once(lease.socket, 'data');
  lease.socket.write('hello');
  const [data] = (await answered) as [Buffer];
  return data.toString();
}

describe('what a name server tells is connected to', () => {
  it('by its address', async () => {
    const [dns, server] = [await startDnsServer(), await startServer(echo)];
    dns.addresses(NAME, ['127.0.0.1']);
    expect(await roundTrip(dnsEndpoints(NAME, { port: server.port, servers: [dns.address] }))).toBe('hello');
  });

  it('by its IPv6 address', async () => {
    const [dns, server] = [await startDnsServer(), await startServer(echo, { host: '::1', port: 0 })];
    dns.addresses(NAME, ['::1']);
    expect(await roundTrip(dnsEndpoints(NAME, { port: server.port, servers: [dns.address] }))).toBe('hello');
  });

  it('by the name of a target, which Node looks up', async () => {
    const [dns, server] = [await startDnsServer(), await startServer(echo, { host: 'localhost', port: 0 })];
    dns.services('_cache._tcp.test', [{ priority: 0, weight: 0, port: server.port, target: 'localhost' }]);
    expect(await roundTrip(srvEndpoints('_cache._tcp.test', { servers: [dns.address] }))).toBe('hello');
  });

  it('over TLS, verified for the name that was looked up', async () => {
    const { key, cert } = await certificateFor(NAME);
    const [dns, server] = [await startDnsServer(), await startTlsServer(echo, { key, cert })];
    dns.addresses(NAME, ['127.0.0.1']);
    const source = dnsEndpoints(NAME, {
      port: server.port,
      servers: [dns.address],
      transport: ({ host, port, name }) => tls({ host, port, servername: name, ca: cert }),
    });
    expect(await roundTrip(source)).toBe('hello');
  });
});

it('localhost needs no name server', async () => {
  const server = await startServer(echo);
  expect(await roundTrip(dnsEndpoints('localhost', { port: server.port, family: 4 }))).toBe('hello');
});

it('changes are found in the time of the system, too', async () => {
  const dns = await startDnsServer();
  dns.addresses(NAME, ['127.0.0.1'], 0);
  const seen = watch(dnsEndpoints(NAME, { port: 7000, minTtl: 1, family: 4, servers: [dns.address] }));
  await until(() => dns.queries.length === 3);
  dns.addresses(NAME, ['127.0.0.2'], 0);
  await until(() => seen.values.length === 2);
  expect(addressesOf(seen)).toEqual([['127.0.0.1:7000'], ['127.0.0.2:7000']]);
});

it('a process that no longer watches ends, whatever the name server does', async () => {
  const dns = await startDnsServer();
  dns.reply('A', NAME, 'silence');
  expect(await runChild('dns-left', dns.address)).toEqual({ code: 0, stdout: 'left', stderr: '' });
});

describe('a process that watches', () => {
  it('ends by itself while it waits to ask again', async () => {
    const dns = await startDnsServer();
    dns.addresses(NAME, ['127.0.0.1']);
    dns.services('_cache._tcp.test', [{ priority: 0, weight: 0, port: 7000, target: 'a.test' }]);
    expect(await runChild('dns-watched', dns.address, '10000')).toEqual({ code: 0, stdout: 'found', stderr: '' });
  });

  it('ends by itself when a name server that keeps silent has had its time', async () => {
    const dns = await startDnsServer();
    dns.reply('A', NAME, 'silence');
    dns.reply('SRV', '_cache._tcp.test', 'silence');
    const { code, stdout, stderr } = await runChild('dns-watched', dns.address, '100');
    expect({ code, stderr, lines: new Set(stdout.split('\n')) }).toEqual({
      code: 0,
      stderr: '',
      lines: new Set(['failed']),
    });
  });
});
