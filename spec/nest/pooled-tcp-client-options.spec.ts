import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { PooledTcpClient } from '../../src/nest/microservices/index.js';

const make = (options: object) => () => new PooledTcpClient(options);

describe('a wrong option of the client', () => {
  it.each<[object, string]>([
    [{ hosts: [] }, 'PooledTcpClient: unknown option hosts'],
    [{ port: 'x' }, 'PooledTcpClient: port must be an integer from 0 to 65535, got "x"'],
    [{ requestTimeout: -1 }, 'PooledTcpClient: requestTimeout must be a number from 0 to Infinity, got -1'],
    [{ maxBufferSize: 0 }, 'PooledTcpClient: maxBufferSize must be an integer from 1'],
    [{ servers: [] }, 'PooledTcpClient: servers must be an array of at least one server'],
    [{ servers: 'a:1' }, 'PooledTcpClient: servers must be an object, got "a:1"'],
    [{ servers: ['nowhere'] }, 'an address must be "host:port", got "nowhere"'],
    [{ servers: [{ prot: 1 }] }, 'PooledTcpClient: servers[0]: unknown option prot'],
    [{ servers: ['a:1'], port: 3 }, 'PooledTcpClient: pass servers or port, not both'],
    [{ servers: ['a:1'], source: [] }, 'PooledTcpClient: pass source or servers, not both'],
    [{ socketClass: class {} }, 'PooledTcpClient: socketClass is not supported'],
  ])('%o is refused', (options, message) => {
    expect(make(options)).toThrow(message);
  });
});

describe('the servers', () => {
  const addresses = (options: object): readonly string[] => {
    const client = new PooledTcpClient({ ...options, pool: { minPerEndpoint: 0 } });
    return client.pool.endpoints.map(({ address }) => address);
  };

  it.each<[object, readonly string[]]>([
    [{}, ['localhost:3000']],
    [{ host: 'a', port: 1 }, ['a:1']],
    [{ path: '/run/a.sock' }, ['/run/a.sock']],
    [{ servers: ['a:1', { port: 2 }, { path: '/run/b.sock' }] }, ['a:1', 'localhost:2', '/run/b.sock']],
    [{ servers: ['[::1]:1'], tlsOptions: {} }, ['[::1]:1']],
    [{ servers: ['a:1', { host: 'b', port: 2 }], tlsOptions: {} }, ['a:1', 'b:2']],
  ])('of %o are these', (options, expected) => {
    expect(addresses(options)).toEqual(expected);
  });

  it('may be more than the connections that are allowed', () => {
    const { pool } = new PooledTcpClient({ servers: ['a:1', 'b:1'], pool: { max: 1 } });
    expect(pool.stats.owned).toBe(0);
  });
});
