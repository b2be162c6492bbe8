import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, type Pool } from '../../src/index.js';
import { closeOnSignals, type CloseOnSignalsConfig } from '../../src/node/close-on-signals.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport } from '../endpoint/fake-transport.js';

/** Signals that the test runner does not listen to. */
const [FIRST, SECOND] = ['SIGUSR2', 'SIGHUP'] as const;
const signals = [FIRST, SECOND];

const clock = new VirtualClock();

/** A pool whose sockets open and close at once. */
function instantPool(): Pool {
  const transport = fakeTransport();
  transport.onOpen = (attempt) => attempt.accept();
  return createPool(transport, { clock });
}

/** Puts listeners up until the end of the test. */
function closeOn(pools: Pool | readonly Pool[], config: CloseOnSignalsConfig = {}): () => void {
  const stop = closeOnSignals(pools, { signals, ...config });
  onTestFinished(stop);
  return stop;
}

function listenOn(signal: NodeJS.Signals, listener: () => void = () => undefined): void {
  process.on(signal, listener);
  onTestFinished(() => void process.off(signal, listener));
}

function send(signal: NodeJS.Signals): void {
  process.emit(signal, signal);
}

const count = (): number[] => signals.map((signal) => process.listenerCount(signal));

/** Lets promises that are settled tell so, through as many others as there may be. */
async function told(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);

beforeEach(() => {
  kill.mockClear();
  exit.mockClear();
});

describe('the first signal', () => {
  it('closes all pools, waits for what is lent, and then ends the process as that signal does', async () => {
    const pools = [instantPool(), instantPool()] as const;
    closeOn(pools);
    const lease = await pools[0].acquire();
    send(FIRST);
    expect(pools.map(({ status }) => status.state)).toEqual(['closed', 'closed']);
    await told();
    expect(kill).not.toHaveBeenCalled();
    lease.release();
    await told();

    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
    expect(count()).toEqual([0, 0]);
  });

  it('closes in the way that it is told to', async () => {
    const pool = instantPool();
    closeOn(pool, { close: { borrowed: 'leave' } });
    await pool.acquire();
    send(SECOND);
    await told();

    expect(await pool.close()).toMatchObject({ left: 1 });
    expect(kill.mock.calls).toEqual([[process.pid, SECOND]]);
  });

  it('keeps the process alive until everything has closed', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const pool = instantPool();
    closeOn(pool);
    const lease = await pool.acquire();
    const before = timers();
    send(FIRST);
    expect(timers()).toBe(before + 1);
    lease.release();
    await told();

    expect(timers()).toBe(before);
  });

  it('ends the process also where a pool has been closed before', async () => {
    const [closed, open] = [instantPool(), instantPool()];
    closeOn([closed, open]);
    await closed.close();
    expect(count()).toEqual([1, 1]);
    send(FIRST);
    await told();

    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
  });

  it('ends the process also where a close throws or rejects', async () => {
    const [throwing, rejecting, good] = [instantPool(), instantPool(), instantPool()];
    const failing = new Error('planted');
    closeOn([
      Object.assign(Object.create(throwing) as Pool, {
        close: () => {
          throw failing;
        },
      }),
      Object.assign(Object.create(rejecting) as Pool, { close: () => Promise.reject(failing) }),
      good,
    ]);
    send(FIRST);
    await told();

    expect(good.status.state).toBe('closed');
    expect(kill).toHaveBeenCalledTimes(1);
  });
});

describe('a second signal', () => {
  it.each([[FIRST], [SECOND]])('destroys what is still lent; the process ends by the first one (%s)', async (again) => {
    const pool = instantPool();
    closeOn(pool);
    await pool.acquire();
    send(FIRST);
    await told();
    send(again);
    await told();

    expect(await pool.close()).toMatchObject({ destroyed: 1 });
    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
  });
});

describe('the end of the process', () => {
  it('is left to others who listen to the signal', async () => {
    const pool = instantPool();
    listenOn(FIRST);
    closeOn(pool);
    send(FIRST);
    await told();

    expect(pool.status.state).toBe('closed');
    expect(kill).not.toHaveBeenCalled();
    expect(exit).not.toHaveBeenCalled();
  });

  it.each(['before', 'after'])('is left to others who listened once, %s us', async (when) => {
    if (when === 'before') process.once(FIRST, () => undefined);
    closeOn(instantPool());
    if (when === 'after') process.once(FIRST, () => undefined);
    send(FIRST);
    expect(process.listenerCount(FIRST)).toBe(1);
    await told();

    expect(kill).not.toHaveBeenCalled();
  });

  it('is left to others who have come to listen meanwhile', async () => {
    const pool = instantPool();
    closeOn(pool);
    const lease = await pool.acquire();
    send(FIRST);
    listenOn(FIRST);
    lease.release();
    await told();

    expect(kill).not.toHaveBeenCalled();
  });

  it('is not left to those who listen to another signal', async () => {
    listenOn(SECOND);
    closeOn(instantPool());
    send(FIRST);
    await told();

    expect(kill).toHaveBeenCalledTimes(1);
  });

  it('comes with `exit: true` although others listen, with the code of the signal', async () => {
    listenOn(SECOND);
    closeOn(instantPool(), { exit: true });
    send(SECOND);
    await told();

    expect(exit.mock.calls).toEqual([[129]]);
    expect(kill).not.toHaveBeenCalled();
  });

  it('comes with `exit: true` by the signal where others have listened once', async () => {
    process.once(FIRST, () => undefined);
    closeOn(instantPool(), { exit: true });
    send(FIRST);
    await told();

    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
  });

  it('does not come with `exit: false`', async () => {
    const pool = instantPool();
    closeOn(pool, { exit: false });
    send(FIRST);
    await told();

    expect(pool.status.state).toBe('closed');
    expect(kill).not.toHaveBeenCalled();
    expect(count()).toEqual([0, 0]);
  });

  it('comes once, with the last of several calls', async () => {
    const pools = [instantPool(), instantPool()] as const;
    for (const pool of pools) closeOn(pool);
    const lease = await pools[1].acquire();
    send(FIRST);
    await told();
    expect(kill).not.toHaveBeenCalled();
    lease.release();
    await told();

    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
  });

  it('is told to pools that have come to listen meanwhile, by the signal', async () => {
    const pool = instantPool();
    closeOn(pool);
    const lease = await pool.acquire();
    send(FIRST);
    closeOn(instantPool());
    lease.release();
    await told();

    expect(kill.mock.calls).toEqual([[process.pid, FIRST]]);
  });
});

describe('the listeners', () => {
  it('are one for each signal, however many pools', () => {
    closeOn(
      Array.from({ length: 30 }, () => instantPool()),
      { signals: [FIRST, SECOND, FIRST] },
    );

    expect(count()).toEqual([1, 1]);
  });

  it('are for SIGTERM and SIGINT by default', () => {
    const before = (['SIGTERM', 'SIGINT'] as const).map((signal) => process.listenerCount(signal));
    const stop = closeOnSignals(instantPool());
    expect((['SIGTERM', 'SIGINT'] as const).map((signal) => process.listenerCount(signal))).toEqual(
      before.map((listeners) => listeners + 1),
    );
    stop();
    expect((['SIGTERM', 'SIGINT'] as const).map((signal) => process.listenerCount(signal))).toEqual(before);
  });

  it('go when all pools have closed without a signal', async () => {
    const pools = [instantPool(), instantPool()] as const;
    closeOn(pools);
    const lease = await pools[0].acquire();
    await pools[1].close();
    const closed = pools[0].close();
    expect(count()).toEqual([1, 1]);
    lease.release();
    await closed;

    expect(count()).toEqual([0, 0]);
    expect(kill).not.toHaveBeenCalled();
  });

  it('are not put up for pools that have all closed, nor for none', async () => {
    const pool = instantPool();
    await pool.close();
    closeOn(pool);
    closeOn([]);

    expect(count()).toEqual([0, 0]);
  });

  it('are taken away by the function that is returned, more than once too', () => {
    const pool = instantPool();
    const stop = closeOn(pool);
    stop();
    stop();
    send(FIRST);

    expect(count()).toEqual([0, 0]);
    expect(pool.status.state).not.toBe('closed');
  });

  it('leave a close under way to itself when they are taken away', async () => {
    const pool = instantPool();
    const stop = closeOn(pool);
    const lease = await pool.acquire();
    send(FIRST);
    stop();
    lease.release();
    await told();

    expect(await pool.close()).toMatchObject({ destroyed: 0 });
    expect(kill).not.toHaveBeenCalled();
  });

  it('follow the list as it was given', () => {
    const pool = instantPool();
    const pools = [pool];
    closeOn(pools);
    pools.pop();
    send(FIRST);

    expect(pool.status.state).toBe('closed');
  });
});

describe('closeOnSignals refuses', () => {
  it.each([
    [{ signals: 'SIGTERM' }, 'closeOnSignals: signals must be an object, got "SIGTERM"'],
    [{ signals: {} }, 'closeOnSignals: signals must be an array of names of signals'],
    [{ signals: ['SIGFOO'] }, 'closeOnSignals: signals: there is no signal SIGFOO'],
    [{ signals: ['toString'] }, 'closeOnSignals: signals: there is no signal toString'],
    [{ signals: [15] }, 'closeOnSignals: signals: there is no signal 15'],
    [{ signals: ['SIGUSR2', 'SIGKILL'] }, 'closeOnSignals: signals: nobody can listen to SIGKILL'],
    [{ signals: ['SIGSTOP'] }, 'closeOnSignals: signals: nobody can listen to SIGSTOP'],
    [{ exit: 1 }, 'closeOnSignals: exit must be a boolean, got 1'],
    [{ timeout: 5 }, 'closeOnSignals: unknown option timeout; known are signals, close, exit'],
    [{ close: { wait: true } }, 'closeOnSignals: close: unknown option wait; known are borrowed, timeout'],
  ])('%j', (config, message) => {
    const pool = instantPool();
    expect(() => closeOnSignals(pool, config as CloseOnSignalsConfig)).toThrow(new TypeError(message));
    expect(count()).toEqual([0, 0]);
  });

  it.each([[undefined], [null], [{}], [[undefined]], [['pool']]])('%j for pools', (pools) => {
    expect(() => closeOnSignals(pools as never, { signals })).toThrow(
      new TypeError('closeOnSignals: pass a pool, or an array of pools'),
    );
    expect(count()).toEqual([0, 0]);
  });
});
