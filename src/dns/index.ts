export { DiscoveryError } from './discovery-error.js';
export type { DiscoveryConfig } from './discovery-config.js';
export { dnsEndpoints, type DnsEndpointsConfig } from './dns-endpoints.js';
export type { QueryConfig } from './query-config.js';
export type { ServerAddress } from './server-address.js';
export { srvEndpoints, type SrvEndpointsConfig } from './srv-endpoints.js';
