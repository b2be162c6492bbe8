import { throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { fakeEndpoint } from './fake-endpoint.js';
import { record } from './record.js';

it('a connection that is told of as lost and then closed has ended once: the next one shows as up', () => {
  const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
  const read = transport.data.bind(transport);
  transport.data = () => throwError(() => new Error('unreadable'));
  record(connection);
  transport.last.accept();
  transport.data = read;
  clock.advance(100);
  transport.last.accept();

  expect(connection.status.state).toBe('up');
});
