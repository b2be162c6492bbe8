// Stops while the server is down, and tells what still keeps the process alive.
import connman from 'connman';
import { filter, firstValueFrom } from 'rxjs';
import { endpoint } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [library, address] = process.argv.slice(2) as ['connman' | 'rxpool', string];

async function stopConnman(): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  const nothing = (): void => undefined;
  await new Promise<void>((resolve) => {
    // It is called before the timer of the next attempt is set.
    const onReset = (): void => void setImmediate(resolve);
    connman.connect(Number(port), host, { onConnect: nothing, onReset, onReconnect: nothing, onData: nothing });
  });
  connman.disconnectAll();
}

async function stopRxpool(): Promise<void> {
  const feed = endpoint(tcp(address));
  const subscription = feed.subscribe();
  await firstValueFrom(feed.status$.pipe(filter(({ state }) => state === 'down')));
  subscription.unsubscribe();
}

await (library === 'connman' ? stopConnman() : stopRxpool());
console.log(process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length);
