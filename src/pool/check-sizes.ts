import { checkConfig } from '../endpoint/check-config.js';
import type { SizingConfig } from './sizing.js';

/** Checks how many connections a pool is to have against each other. @throws RangeError naming the option and its range. */
export function checkSizes(subject: string, endpoints: number, sizes: SizingConfig): void {
  const { min, max, minPerEndpoint, maxPerEndpoint, isDiscovered } = sizes;
  const reach = isDiscovered ? max : Math.min(max, maxPerEndpoint * endpoints);
  const share = Math.min(maxPerEndpoint, isDiscovered ? max : Math.floor(max / endpoints));
  checkConfig(subject, { min }, { min: { integer: [0, reach] } });
  checkConfig(subject, { minPerEndpoint }, { minPerEndpoint: { integer: [0, share] } });
}
