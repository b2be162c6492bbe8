// Sources of addresses that are watched, by a name server that answers or keeps silent, and nothing else.
import { forkJoin, take } from 'rxjs';
import { dnsEndpoints, srvEndpoints } from '../../../src/dns/index.js';

const [server, timeout] = process.argv.slice(2) as [string, string];
const config = { servers: [server], timeout: Number(timeout), onError: () => console.log('failed') };
const addresses = dnsEndpoints('cache.test', { port: 7000, family: 4, ...config });
const services = srvEndpoints('_cache._tcp.test', config);
addresses.subscribe();
services.subscribe();
forkJoin([addresses.pipe(take(1)), services.pipe(take(1))]).subscribe(() => console.log('found'));
