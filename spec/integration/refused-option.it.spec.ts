import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { endpoint } from '../../src/index.js';
import { tcp, tls } from '../../src/tcp/index.js';

// Node opens a handle before it refuses an option, and whoever leaves one behind fails the suite.
it.each([
  ['tcp', tcp],
  ['tls', tls],
])('%s leaves nothing behind where Node refuses an option', async (_name, transport) => {
  const events$ = endpoint(transport({ host: '127.0.0.1', port: () => 70_000 }), { retry: { delay: 1 } });
  const failures = events$.pipe(
    filter(({ type }) => type === 'failed'),
    take(3),
    toArray(),
  );
  expect(await firstValueFrom(failures)).toMatchObject(Array(3).fill({ error: { name: 'RangeError' } }));
});
