import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { PoolDefinition } from './pool-definition.js';

/** A pool whose definition needs what other modules provide, such as their configuration. */
export interface AsyncPoolDefinition extends Pick<ModuleMetadata, 'imports'> {
  /** Under which it is injected; that of the definition is not used. @default 'default' */
  readonly name?: string | undefined;
  /** What the factory gets, in this order. @default nothing */
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...dependencies: never[]) => PoolDefinition | Promise<PoolDefinition>;
}
