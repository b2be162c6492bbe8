import type { EndpointStatus } from './endpoint-status.js';

/** Whether it cannot be connected to at present. */
export function isDown(state: EndpointStatus['state']): boolean {
  return state === 'down' || state === 'failed';
}
