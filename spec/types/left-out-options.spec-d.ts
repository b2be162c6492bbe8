import {
  createPool,
  type AutoscaleConfig,
  type BackoffConfig,
  type BorrowConfig,
  type CloseConfig,
  type DestroyOptions,
  type EndpointConfig,
  type PoolConfig,
  type ReserveOptions,
  type ResizeConfig,
  type RetryConfig,
  type SlotCloseConfig,
  type UseConfig,
} from 'rxpool';
import { processBudget, type CloseOnSignalsConfig } from 'rxpool/node';
import { tcp, tls, type TcpOptions, type TlsOptions } from 'rxpool/tcp';
import type { NetworkConfig, ServerConfig, SimulatedTcpOptions } from 'rxpool/testing';
import { describe, expectTypeOf, it } from 'vitest';

/** The names of the options that may be left out. */
type Optional<Config> = {
  [Option in keyof Config]-?: Partial<Pick<Config, Option>> extends Pick<Config, Option> ? Option : never;
}[keyof Config];

/** All that may be left out, as undefined. */
type Blank<Config> = { readonly [Option in Optional<Config>]: undefined };

/** What such a config has to fit. */
type LeftOut<Config> = Pick<Config, Optional<Config>>;

declare const isBig: boolean;

describe('an option that may be left out may be undefined', () => {
  it('whatever it is for', () => {
    expectTypeOf<Blank<PoolConfig>>().toExtend<LeftOut<PoolConfig>>();
    expectTypeOf<Blank<EndpointConfig<unknown>>>().toExtend<LeftOut<EndpointConfig<unknown>>>();
    expectTypeOf<Blank<RetryConfig>>().toExtend<LeftOut<RetryConfig>>();
    expectTypeOf<Blank<BackoffConfig>>().toExtend<LeftOut<BackoffConfig>>();
    expectTypeOf<Blank<BorrowConfig>>().toExtend<LeftOut<BorrowConfig>>();
    expectTypeOf<Blank<UseConfig>>().toExtend<LeftOut<UseConfig>>();
    expectTypeOf<Blank<DestroyOptions>>().toExtend<LeftOut<DestroyOptions>>();
    expectTypeOf<Blank<CloseConfig>>().toExtend<LeftOut<CloseConfig>>();
    expectTypeOf<Blank<ResizeConfig>>().toExtend<LeftOut<ResizeConfig>>();
    expectTypeOf<Blank<SlotCloseConfig>>().toExtend<LeftOut<SlotCloseConfig>>();
    expectTypeOf<Blank<ReserveOptions>>().toExtend<LeftOut<ReserveOptions>>();
    expectTypeOf<Blank<AutoscaleConfig>>().toExtend<LeftOut<AutoscaleConfig>>();
    expectTypeOf<Blank<CloseOnSignalsConfig>>().toExtend<LeftOut<CloseOnSignalsConfig>>();
    expectTypeOf<Blank<NetworkConfig>>().toExtend<LeftOut<NetworkConfig>>();
    expectTypeOf<Blank<ServerConfig>>().toExtend<LeftOut<ServerConfig>>();
    expectTypeOf<Blank<SimulatedTcpOptions>>().toExtend<LeftOut<SimulatedTcpOptions>>();
    expectTypeOf<Blank<TcpOptions>>().toExtend<LeftOut<TcpOptions>>();
    expectTypeOf<Blank<TlsOptions>>().toExtend<LeftOut<TlsOptions>>();
  });

  it('as it is where a condition decides', () => {
    createPool(tcp({ port: 5000, connectTimeout: isBig ? 5 : undefined, host: isBig ? 'far' : undefined }), {
      max: isBig ? 3 : undefined,
      retry: { count: isBig ? 3 : undefined },
    });
    tls({ port: 5000, servername: isBig ? 'far' : undefined });
    processBudget({ limit: isBig ? 3 : undefined });
    // @ts-expect-error -- what is required is not left out
    const bounds: AutoscaleConfig = { min: isBig ? 3 : undefined, max: 5 };
    expectTypeOf(bounds).toEqualTypeOf<AutoscaleConfig>();
  });
});
