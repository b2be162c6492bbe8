import { Inject } from '@nestjs/common';
import { getPoolToken } from './get-pool-token.js';

/**
 * Injects a pool of {@link RxpoolModule} by its name.
 *
 * @example
 * ```ts
 * import type { Socket } from 'node:net';
 * import { Injectable } from '@nestjs/common';
 * import type { Pool } from 'rxpool';
 * import { InjectPool } from 'rxpool/nest';
 *
 * @Injectable()
 * export class Cache {
 *   constructor(@InjectPool('cache') private readonly pool: Pool<Socket, Buffer>) {}
 * }
 * ```
 *
 * @param name as in `definePool`; may be left out where that has none
 */
export function InjectPool(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getPoolToken(name));
}
