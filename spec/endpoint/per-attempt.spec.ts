import { BehaviorSubject, firstValueFrom, NEVER, of, Subject, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { resolveOptions } from '../../src/endpoint/per-attempt.js';

const resolve = async (options: Record<string, unknown>): Promise<Record<string, unknown>> =>
  firstValueFrom(resolveOptions(options));

it('hands plain values on at once', () => {
  const ca = Buffer.from('ca');
  const signal = new AbortController().signal;
  const options = {
    port: 1,
    host: 'a.test',
    ca,
    signal,
    noDelay: false,
    ALPNProtocols: ['h2'],
    session: undefined,
    key: null,
  };
  let resolved: Record<string, unknown> = {};
  resolveOptions(options).subscribe((value) => (resolved = value));
  expect(resolved).toEqual(options);
  expect(resolved['ca']).toBe(ca);
  expect(resolved['signal']).toBe(signal);
});

it('waits for promises and Observables, and for those that functions return', async () => {
  expect(
    await resolve({
      a: Promise.resolve(1),
      b: of(2),
      c: () => 3,
      d: () => Promise.resolve(4),
      e: () => of(5),
      f: 6,
    }),
  ).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 });
});

it('takes a thenable for a promise', async () => {
  expect(await resolve({ a: { then: (done: (value: number) => void) => done(1) } })).toEqual({ a: 1 });
});

it('takes the first value of an Observable, and leaves it then', async () => {
  const port$ = new Subject<number>();
  const resolved = resolve({ port: port$ });
  port$.next(1);
  port$.next(2);
  expect(await resolved).toEqual({ port: 1 });
  expect(port$.observed).toBe(false);
});

it('asks anew for each subscription', async () => {
  const token$ = new BehaviorSubject('first');
  let calls = 0;
  const options$ = resolveOptions({ token: token$, call: () => ++calls });
  expect(calls).toBe(0);
  expect(await firstValueFrom(options$)).toEqual({ token: 'first', call: 1 });
  token$.next('second');
  expect(await firstValueFrom(options$)).toEqual({ token: 'second', call: 2 });
});

it('asks for all options at once', () => {
  const asked: string[] = [];
  const ask = (name: string) => (): typeof NEVER => {
    asked.push(name);
    return NEVER;
  };
  resolveOptions({ a: ask('a'), b: ask('b') })
    .subscribe()
    .unsubscribe();
  expect(asked).toEqual(['a', 'b']);
});

it.each(['lookup', 'checkServerIdentity', 'pskCallback', 'ALPNCallback', 'SNICallback'])(
  'hands on the function that %s is, and does not call it',
  async (name) => {
    const callback = (): never => {
      throw new Error('called');
    };
    expect(await resolve({ [name]: callback })).toEqual({ [name]: callback });
  },
);

it('hands on what only looks like something to wait for', async () => {
  const options = {
    servername: 'text',
    cert: new Uint8Array([1]),
    list: [1, 2],
    map: new Map([['a', 1]]),
    then: 'no function',
  };
  expect(await resolve(options)).toEqual(options);
});

it.each<[string, unknown]>([
  [
    'a function that throws',
    () => {
      throw new Error('no token');
    },
  ],
  ['a promise that rejects', () => Promise.reject(new Error('no token'))],
  ['an Observable that errors', throwError(() => new Error('no token'))],
])('fails on %s', async (_what, token) => {
  await expect(resolve({ token, port: 1 })).rejects.toThrow('no token');
});

it('lets go of what it waits for when it is left', () => {
  const port$ = new Subject<number>();
  const subscription = resolveOptions({ port: port$ }).subscribe();
  expect(port$.observed).toBe(true);
  subscription.unsubscribe();
  expect(port$.observed).toBe(false);
});
