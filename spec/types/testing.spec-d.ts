import type { Socket } from 'node:net';
import { createPool, type Clock, type Lease, type Pool, type Transport } from 'rxpool';
import {
  createNetwork,
  exponential,
  logNormal,
  uniform,
  VirtualClock,
  type Latency,
  type Network,
  type NetworkConfig,
  type ServerConfig,
  type SimulatedServer,
  type SimulatedSocket,
} from 'rxpool/testing';
import { TestScheduler } from 'rxjs/testing';
import { describe, expectTypeOf, it } from 'vitest';

declare const network: Network;

describe('a pool over a simulated network', () => {
  const pool = createPool(network.tcp('cache:11211'), { clock: network.clock, random: network.random });

  it('is typed by its transport, without annotations', () => {
    expectTypeOf(network.tcp('cache:11211')).toEqualTypeOf<Transport<SimulatedSocket, Buffer>>();
    expectTypeOf(pool).toEqualTypeOf<Pool<SimulatedSocket, Buffer>>();
    expectTypeOf(pool.acquire()).resolves.toEqualTypeOf<Lease<SimulatedSocket, Buffer>>();
  });

  it('goes where a service asks for no more of a socket than it uses', () => {
    expectTypeOf(pool).toExtend<Pool<Pick<Socket, 'write'>, Buffer>>();
    expectTypeOf<Pool<Socket, Buffer>>().toExtend<Pool<Pick<Socket, 'write'>, Buffer>>();
    expectTypeOf(pool).toExtend<Pool<Pick<Socket, 'write' | 'cork' | 'uncork' | 'remoteAddress'>, Buffer>>();
    // What returns the socket itself returns another one, so it is asked for by what a service makes of it.
    expectTypeOf(pool).toExtend<Pool<{ write(text: string): boolean; end(): unknown }, Buffer>>();
    expectTypeOf(pool).not.toExtend<Pool<Pick<Socket, 'end'>, Buffer>>();
    expectTypeOf(pool).toExtend<Pool>();
  });

  it('does not go where a service asks for all of a net.Socket', () => {
    expectTypeOf(pool).not.toExtend<Pool<Socket, Buffer>>();
    expectTypeOf<SimulatedSocket>().not.toHaveProperty('pipe');
  });
});

describe('createNetwork', () => {
  it('takes a virtual clock, a scheduler, or nothing', () => {
    expectTypeOf(createNetwork()).toEqualTypeOf<Network>();
    createNetwork({ clock: new VirtualClock(), seed: 7, latency: 5 });
    createNetwork({ clock: new TestScheduler(() => undefined), latency: uniform(1, 5) });
    expectTypeOf<VirtualClock>().toExtend<Clock>();
    const config: NetworkConfig = { seed: 7 };
    expectTypeOf(createNetwork(config)).toEqualTypeOf<Network>();
  });

  it('refuses what is none of its options', () => {
    // @ts-expect-error -- no such option
    createNetwork({ sead: 7 });
    // @ts-expect-error -- ms, or a function of chance
    createNetwork({ latency: '5ms' });
    // @ts-expect-error -- a clock has now, set and defer
    createNetwork({ clock: { now: () => 0 } });
  });
});

describe('a simulated server', () => {
  it('serves sockets of its own', () => {
    const server = network.listen('cache:11211', (socket) => {
      expectTypeOf(socket).toEqualTypeOf<SimulatedSocket>();
      expectTypeOf(socket.write('text')).toBeBoolean();
    });
    expectTypeOf(server).toEqualTypeOf<SimulatedServer>();
    expectTypeOf(server.sockets).toEqualTypeOf<ReadonlySet<SimulatedSocket>>();
    expectTypeOf(network.connect('cache:11211')).toEqualTypeOf<SimulatedSocket>();
  });

  it('refuses what is none of its options', () => {
    // @ts-expect-error -- one of three answers
    network.listen('cache:11211', undefined, { accept: () => 'perhaps' });
    // @ts-expect-error -- the second is a function
    network.listen('cache:11211', { window: 5 });
    // @ts-expect-error -- no such option
    network.tcp('cache:11211', { connectTimout: 5 });
    const config: ServerConfig = { window: 5 };
    network.listen('cache:11211', undefined, config);
  });
});

describe('a latency', () => {
  it('is a number, or draws one', () => {
    expectTypeOf(uniform(1, 5)).toEqualTypeOf<Latency>();
    expectTypeOf(exponential(5)).toEqualTypeOf<Latency>();
    expectTypeOf(logNormal(5)).toEqualTypeOf<Latency>();
    expectTypeOf<Latency>().toEqualTypeOf<number | ((random: () => number) => number)>();
  });
});
