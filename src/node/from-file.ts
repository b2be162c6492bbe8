import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defer, filter, map, type Observable } from 'rxjs';
import { DiscoveryError } from '../dns/discovery-error.js';
import { discoveryRules, type DiscoveryConfig } from '../dns/discovery-config.js';
import { failureTeller } from '../dns/failure-teller.js';
import { KnownServers } from '../dns/known-servers.js';
import { checkConfig } from '../endpoint/check-config.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { fileContents } from './from-file-contents.js';
import { listedServers } from './from-file-list.js';

export interface FromFileConfig<S = Socket, D = Buffer> extends DiscoveryConfig<S, D> {
  /** How often to read the file even if nothing tells of a change, in ms. @default 5_000 */
  readonly interval?: number;
}

/**
 * The servers that a file lists, as JSON: `["a.internal:7000", { "host": "b.internal", "port": 7000, "weight": 2, "priority": 1 }]`.
 *
 * Emits transports when the list has changed, and does nothing before it is subscribed to. Neither errors nor completes: a file that is
 * missing, or cannot be read, or holds anything else, leaves what is known as it is, and is told to `onError`, once. An empty list is a list.
 *
 * The file may be written over, replaced or deleted, and be a link that is changed, as those of Kubernetes are. Its folder is watched, and
 * it is read every `interval` besides, because not every file system tells of all changes.
 *
 * @example
 * ```ts
 * import { fromFile } from 'rxpool/node';
 *
 * fromFile('/etc/app/servers.json', { onError: report }).subscribe((transports) => {
 *   console.log(transports.map(({ address }) => address));
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong path or option, naming it.
 */
export function fromFile<S = Socket, D = Buffer>(
  path: string | URL,
  config: FromFileConfig<S, D> = {},
): Observable<readonly Transport<S, D>[]> {
  checkConfig('fromFile', config, { ...discoveryRules, interval: { number: [1, Infinity] } });
  if (!(path instanceof URL) && (typeof path !== 'string' || path === '')) {
    throw new TypeError('fromFile: pass the path of a file');
  }
  const { interval = 5_000 } = config;
  const file = resolve(path instanceof URL ? fileURLToPath(path) : path);
  const source = `fromFile ${file}`;
  const clock = toClock(config.clock);
  return defer(() => {
    const known = new KnownServers(config);
    const tell = failureTeller(config);
    const fail = (cause: unknown): void => {
      // The same contents do not come twice in a row, so each failure is news.
      tell(new DiscoveryError({ source, known: known.size }, cause), true);
    };
    return fileContents(file, { clock, interval }).pipe(
      map((contents) => {
        try {
          if ('text' in contents) return known.update(listedServers(contents.text));
          fail(contents.error);
        } catch (error) {
          fail(error);
        }
        return undefined;
      }),
      filter((transports) => transports !== undefined),
    );
  });
}
