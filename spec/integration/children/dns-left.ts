// A source of addresses that was watched until its name server kept silent, and nothing else.
import { dnsEndpoints } from '../../../src/dns/index.js';

const [server] = process.argv.slice(2) as [string];
const source = dnsEndpoints('cache.test', { port: 7000, family: 4, servers: [server], timeout: Infinity });
const subscription = source.subscribe();
setImmediate(() => {
  subscription.unsubscribe();
  console.log('left');
});
