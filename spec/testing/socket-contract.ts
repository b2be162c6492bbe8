import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';

/** What a pool or a simple protocol sees of a socket, whether it is real or simulated. */
export interface ContractSocket extends EventEmitter {
  readonly connecting: boolean;
  readonly pending: boolean;
  readonly readyState: string;
  readonly destroyed: boolean;
  readonly closed: boolean;
  readonly errored: Error | null;
  readonly readable: boolean;
  readonly readableLength: number;
  readonly readableFlowing: boolean | null;
  readonly readableEnded: boolean;
  readonly readableEncoding: string | null;
  readonly readableHighWaterMark: number;
  readonly writable: boolean;
  readonly writableLength: number;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly writableCorked: number;
  readonly writableNeedDrain: boolean;
  readonly writableHighWaterMark: number;
  readonly timeout?: number | undefined;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly _readableState?: { flowing: boolean | null };
  allowHalfOpen: boolean;
  write(bytes: string | Uint8Array, written?: (error?: Error | null) => void): boolean;
  write(bytes: string, encoding: BufferEncoding): boolean;
  end(finished?: () => void): unknown;
  end(bytes: string | Uint8Array, finished?: () => void): unknown;
  cork(): void;
  uncork(): void;
  read(size?: number): Buffer | string | null;
  destroy(error?: Error): unknown;
  destroySoon(): void;
  resetAndDestroy(): unknown;
  pause(): unknown;
  resume(): unknown;
  isPaused(): boolean;
  setEncoding(encoding: BufferEncoding): unknown;
  setTimeout(ms: number, listener?: () => void): unknown;
  setNoDelay(noDelay?: boolean): unknown;
  setKeepAlive(keepAlive?: boolean, delay?: number): unknown;
  ref(): unknown;
  unref(): unknown;
}

/** Where the sockets of a test live. It is gone with the test that has made it. */
export interface World {
  /** Starts to connect to a peer that accepts. */
  dial(): ContractSocket;
  /** The peer's end of the next connection that nobody has claimed yet. */
  accepted(): Promise<ContractSocket>;
  readonly refusedAddress: string;
  /** Starts to connect where nobody listens. */
  dialRefused(): ContractSocket;
  /** The next event of that name; fails when it cannot come any more. */
  until(socket: ContractSocket, event: string): Promise<unknown[]>;
  /** All that is under way has happened. */
  quiet(): Promise<void>;
  /** The next error that nobody has listened to. */
  uncaught(): Promise<unknown>;
}

const TOLD = ['connect', 'ready', 'end', 'finish', 'drain', 'timeout'];

/** What a socket has told of so far, but not its bytes: listening to them would change how it behaves. */
class Story {
  readonly events: string[] = [];

  constructor(
    private readonly world: World,
    private readonly socket: ContractSocket,
  ) {
    for (const name of TOLD) socket.on(name, () => this.events.push(name));
    socket.on('error', (error: Error) => this.events.push(`error ${codeOf(error)}`));
    socket.on('close', (hadError: boolean) => this.events.push(`close ${hadError}`));
  }

  /** Waits for the event unless it has been. */
  async until(event: string): Promise<void> {
    if (!this.events.some((one) => one.split(' ')[0] === event)) await this.world.until(this.socket, event);
  }
}

interface Connection {
  readonly client: ContractSocket;
  readonly server: ContractSocket;
  readonly ofClient: Story;
  readonly ofServer: Story;
}

async function connect(world: World): Promise<Connection> {
  const client = world.dial();
  await world.until(client, 'ready');
  const server = await world.accepted();
  await world.quiet();
  return { client, server, ofClient: new Story(world, client), ofServer: new Story(world, server) };
}

/** Shows of a whole socket what is asked for, should it differ. */
function expectState(socket: ContractSocket, state: Partial<ContractSocket>): void {
  const names = Object.keys(state) as (keyof ContractSocket)[];
  expect(Object.fromEntries(names.map((name) => [name, socket[name]]))).toEqual(state);
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : 'none';
}

/** What comes from now on; reading starts the flow. */
function collect(socket: ContractSocket): Buffer[] {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();

/** Bytes of which no two pieces are alike, so that a swap or a gap shows. */
function bytes(length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) buffer.writeUInt32LE(at, at);
  return buffer;
}

/** Writes until there is no room left, neither here nor on the way nor at the peer. */
async function fill(world: World, socket: ContractSocket): Promise<void> {
  do {
    while (socket.write(KILOBYTE)) {
      if (socket.bytesWritten > MORE_THAN_THERE_IS_ROOM_FOR) throw new Error('there is room without end');
    }
    await world.quiet();
  } while (!socket.writableNeedDrain);
}

const KILOBYTE = bytes(1_024);
/** More than a socket takes in unread. */
const MUCH = bytes(1_024 * 1_024);
/** Neither a network nor an operating system takes as much while nobody reads. */
const MORE_THAN_THERE_IS_ROOM_FOR = 128 * 1_024 * 1_024;
const HIGH_WATER_MARK = 16_384;

/** A name, and how to get a socket into the state in which it takes nothing from what has come. */
const unread: [string, (socket: ContractSocket) => unknown][] = [
  ['that nobody reads', () => undefined],
  ['that is paused', (socket) => socket.pause()],
  ['that is paused and has a reader', (socket) => socket.on('data', () => undefined) && socket.pause()],
];

/** The same for each kind of socket; a comment marks what surprises. */
export function describeSocket(createWorld: () => World | Promise<World>): void {
  connecting(createWorld);
  reading(createWorld);
  pausing(createWorld);
  rewinding(createWorld);
  writing(createWorld);
  ending(createWorld);
  endingUnread(createWorld);
  destroying(createWorld);
  resetting(createWorld);
  timingOut(createWorld);
  readByItsTransport(createWorld);
}

function connecting(createWorld: () => World | Promise<World>): void {
  it('is opening until it is connected, then open', async () => {
    const world = await createWorld();
    const client = world.dial();
    const states: unknown[] = [];
    const look = (): unknown => states.push([client.connecting, client.pending, client.readyState]);
    look();
    for (const name of ['connect', 'ready']) client.on(name, look);
    await world.until(client, 'ready');
    expect(states).toEqual([
      [true, true, 'opening'],
      [false, false, 'open'],
      [false, false, 'open'],
    ]);
  });

  it('tells of connect, then of ready, and of nothing else', async () => {
    const world = await createWorld();
    const client = world.dial();
    const { events } = new Story(world, client);
    await world.accepted();
    await world.quiet();
    expect(events).toEqual(['connect', 'ready']);
  });

  it('is new at both ends once it is connected', async () => {
    const { client, server } = await connect(await createWorld());
    for (const socket of [client, server]) {
      expectState(socket, {
        connecting: false,
        pending: false,
        readyState: 'open',
        destroyed: false,
        closed: false,
        errored: null,
        readable: true,
        readableLength: 0,
        readableFlowing: null,
        readableEnded: false,
        readableEncoding: null,
        readableHighWaterMark: HIGH_WATER_MARK,
        writable: true,
        writableLength: 0,
        writableEnded: false,
        writableFinished: false,
        writableCorked: 0,
        writableNeedDrain: false,
        writableHighWaterMark: HIGH_WATER_MARK,
        timeout: undefined,
        allowHalfOpen: false,
        bytesRead: 0,
        bytesWritten: 0,
      });
      expect(socket.isPaused()).toBe(false);
    }
  });

  it('knows its peer once it is connected', async () => {
    const world = await createWorld();
    const client = world.dial();
    expect([client.remoteAddress, client.remotePort]).toEqual([undefined, undefined]);
    await world.until(client, 'ready');
    expect([client.remoteAddress, client.remotePort]).toEqual([expect.any(String), expect.any(Number)]);
  });

  it('keeps what is written while it connects, and delivers it', async () => {
    const world = await createWorld();
    const client = world.dial();
    const written: unknown[] = [];
    expect(client.write('hello', (error) => written.push(codeOf(error)))).toBe(true);
    expect([client.writableLength, client.bytesWritten]).toEqual([5, 5]);
    const chunks = collect(await world.accepted());
    await world.quiet();
    expect(text(chunks)).toBe('hello');
    expect(written).toEqual(['none']);
    expect([client.writableLength, client.bytesWritten]).toEqual([0, 5]);
  });

  it('keeps the end that is asked for while it connects', async () => {
    const world = await createWorld();
    const client = world.dial();
    client.end('bye');
    expect([client.readyState, client.writable]).toEqual(['opening', false]);
    const server = await world.accepted();
    await world.quiet();
    expect(client.readyState).toBe('readOnly');
    expect(String(server.read())).toBe('bye');
  });

  it('is refused where nobody listens', async () => {
    const world = await createWorld();
    const client = world.dialRefused();
    const story = new Story(world, client);
    const errors: unknown[] = [];
    client.on('error', (error: Error) => errors.push(error, client.destroyed));
    await story.until('close');
    expect(story.events).toEqual(['error ECONNREFUSED', 'close true']);
    expect(errors).toEqual([
      expect.objectContaining({ syscall: 'connect', message: `connect ECONNREFUSED ${world.refusedAddress}` }),
      true,
    ]);
    expectState(client, { connecting: false, pending: true, destroyed: true, readyState: 'closed' });
    expect(client.errored).toBe(errors[0]);
  });

  it('tells of a write that was kept when it is refused', async () => {
    const world = await createWorld();
    const client = world.dialRefused();
    const story = new Story(world, client);
    const written: string[] = [];
    client.write('hello', (error) => written.push(codeOf(error)));
    await story.until('close');
    await world.quiet();
    expect(written).toEqual(['ERR_SOCKET_CLOSED_BEFORE_CONNECTION']);
  });

  it('closes without an error when it is destroyed while it connects', async () => {
    const world = await createWorld();
    const client = world.dial();
    const story = new Story(world, client);
    const written: string[] = [];
    client.write('hello', (error) => written.push(codeOf(error)));
    client.destroy();
    expectState(client, { connecting: false, pending: true, destroyed: true, readyState: 'closed' });
    await story.until('close');
    await world.quiet();
    expect(story.events).toEqual(['close false']);
    expect(written).toEqual(['ERR_SOCKET_CLOSED_BEFORE_CONNECTION']);
  });

  it('is what its own setters return', async () => {
    const { client } = await connect(await createWorld());
    const returned = [
      client.setTimeout(0),
      client.setNoDelay(true),
      client.setKeepAlive(true, 1_000),
      client.setEncoding('utf8'),
      client.unref(),
      client.ref(),
      client.pause(),
      client.resume(),
      client.end(),
      client.destroy(),
    ];
    expect(returned.every((one) => one === client)).toBe(true);
  });
}

function reading(createWorld: () => World | Promise<World>): void {
  it('keeps what comes while nobody reads', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('hello ');
    await world.quiet();
    server.write('you');
    await world.quiet();
    expect([client.readableFlowing, client.readableLength, client.bytesRead]).toEqual([null, 9, 9]);
    expect(String(client.read())).toBe('hello you');
    expect(client.read()).toBe(null);
    expect([client.readableFlowing, client.readableLength, client.bytesRead]).toEqual([null, 0, 9]);
  });

  it('gives as much as read() asks for, or nothing where there is less', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('abcdef');
    await world.quiet();
    expect(String(client.read(2))).toBe('ab');
    expect(client.read(5)).toBe(null);
    expect(client.readableLength).toBe(4);
    expect(String(client.read(4))).toBe('cdef');
  });

  it('starts to flow with a reader, but not within the call', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('kept');
    await world.quiet();
    const chunks = collect(client);
    expect([client.readableFlowing, client.readableLength, chunks.length]).toEqual([true, 4, 0]);
    await world.quiet();
    server.write(' and new');
    await world.quiet();
    expect(text(chunks)).toBe('kept and new');
    expect(client.readableLength).toBe(0);
  });

  it('drops what comes after its reader has left', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const leave = (): void => undefined;
    client.on('data', leave);
    client.off('data', leave);
    expect(client.readableFlowing).toBe(true);
    server.write('lost');
    await world.quiet();
    expect([client.readableFlowing, client.readableLength, client.bytesRead]).toEqual([true, 0, 4]);
    const chunks = collect(client);
    server.write('heard');
    await world.quiet();
    expect(text(chunks)).toBe('heard');
  });

  it('reads strings once it has an encoding, characters whole', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.setEncoding('utf8');
    expect(client.readableEncoding).toBe('utf8');
    const strings: unknown[] = [];
    client.on('data', (string: unknown) => strings.push(string));
    const [first, second] = Buffer.from('é');
    server.write(Uint8Array.of(first!));
    await world.quiet();
    expect(strings).toEqual([]);
    server.write(Uint8Array.of(second!));
    await world.quiet();
    expect(strings).toEqual(['é']);
    expect(client.bytesRead).toBe(2);
  });

  it('reads strings of what had come before it had an encoding', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('né');
    await world.quiet();
    expect(client.readableLength).toBe(3);
    client.setEncoding('utf8');
    // Characters from now on, no longer bytes.
    expect(client.readableLength).toBe(2);
    expect(client.read()).toBe('né');
  });

  it('tells a readable listener that there is something to read', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const read: unknown[] = [];
    client.on('readable', () => {
      for (let chunk = client.read(); chunk !== null; chunk = client.read()) read.push(String(chunk));
    });
    server.write('hello');
    await world.quiet();
    expect(read).toEqual(['hello']);
  });

  it('tells of a new listener before it joins', async () => {
    const { client } = await connect(await createWorld());
    const told: unknown[] = [];
    const before = client.listenerCount('end');
    client.on('newListener', (name: string, listener: unknown) =>
      told.push([name, listener, client.listenerCount('end')]),
    );
    const join = (): void => undefined;
    client.on('end', join);
    client.once('end', join);
    expect(told).toEqual([
      ['end', join, before],
      ['end', join, before + 1],
    ]);
  });

  it('emits nothing that comes after a destroy in a reader', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    let chunks = 0;
    client.on('data', () => {
      chunks++;
      client.destroy();
    });
    server.write(MUCH);
    await ofClient.until('close');
    await world.quiet();
    expect(chunks).toBe(1);
    expect(ofClient.events).toEqual(['close false']);
  });
}

function pausing(createWorld: () => World | Promise<World>): void {
  it('gives a reader nothing while it is paused', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.pause();
    expect([client.readableFlowing, client.isPaused()]).toEqual([false, true]);
    const chunks = collect(client);
    server.write('kept');
    await world.quiet();
    expect([client.readableFlowing, client.readableLength, chunks.length]).toEqual([false, 4, 0]);
  });

  it('flows on after resume, but not within the call', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const chunks = collect(client);
    client.pause();
    server.write('kept');
    await world.quiet();
    client.resume();
    expect([client.readableFlowing, client.isPaused(), chunks.length]).toEqual([true, false, 0]);
    await world.quiet();
    expect(text(chunks)).toBe('kept');
  });

  it('drops what comes when it is resumed without a reader', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('lost');
    await world.quiet();
    client.resume();
    await world.quiet();
    expect([client.readableFlowing, client.readableLength]).toEqual([true, 0]);
  });

  it('keeps what has come when it is paused in the call in which a reader joined', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('kept');
    await world.quiet();
    const chunks = collect(client);
    client.pause();
    await world.quiet();
    expect([client.readableLength, chunks.length]).toEqual([4, 0]);
  });

  it('gives no more after a pause in a reader, and all the rest after resume', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const chunks = collect(client);
    client.once('data', () => client.pause());
    server.end(MUCH);
    await world.until(client, 'data');
    await world.quiet();
    expect(chunks.length).toBe(1);
    client.resume();
    await world.until(client, 'end');
    expect(Buffer.concat(chunks).equals(MUCH)).toBe(true);
  });

  it.each(unread)('a socket %s takes no more than it has room for, and all of it later', async (_name, hold) => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    hold(client);
    const sent = bytes(16 * 1_024 * 1_024);
    server.end(sent);
    await world.quiet();
    const { readableLength } = client;
    expect(readableLength).toBeGreaterThanOrEqual(HIGH_WATER_MARK);
    // The piece that goes over the mark is taken whole, and there are 64 KiB at most in one.
    expect(readableLength).toBeLessThan(HIGH_WATER_MARK + 65_536);
    await world.quiet();
    expect(client.readableLength).toBe(readableLength);
    expect(server.writableFinished).toBe(false);
    const chunks = collect(client);
    client.resume();
    await ofClient.until('end');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(client.bytesRead).toBe(sent.length);
  });
}

function rewinding(createWorld: () => World | Promise<World>): void {
  const ignore = (): void => undefined;

  it('is as new a tick after a readable listener has come and gone', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.resume();
    await world.quiet();
    client.on('readable', ignore);
    expect([client.readableFlowing, client.isPaused()]).toEqual([false, true]);
    client.off('readable', ignore);
    expect([client.readableFlowing, client.isPaused()]).toEqual([false, true]);
    await world.quiet();
    expect([client.readableFlowing, client.isPaused()]).toEqual([null, false]);
    server.write('kept');
    await world.quiet();
    expect(client.readableLength).toBe(4);
    const chunks = collect(client);
    await world.quiet();
    expect(text(chunks)).toBe('kept');
  });

  it('is as new when it was paused, and is resumed before a readable listener comes and goes', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.pause();
    server.write('kept');
    await world.quiet();
    client.resume();
    client.on('readable', ignore);
    client.off('readable', ignore);
    await world.quiet();
    expect([client.readableFlowing, client.isPaused(), client.readableLength]).toEqual([null, false, 4]);
  });

  it('stays paused in word when it was paused before a readable listener came and went', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.pause();
    client.on('readable', ignore);
    client.off('readable', ignore);
    await world.quiet();
    // Yet the next reader makes it flow.
    expect([client.readableFlowing, client.isPaused()]).toEqual([null, true]);
    const chunks = collect(client);
    server.write('heard');
    await world.quiet();
    expect(text(chunks)).toBe('heard');
  });

  it('is as new at once when its flow is taken back directly', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.on('data', ignore);
    await world.quiet();
    client.off('data', ignore);
    client._readableState!.flowing = null;
    expect([client.readableFlowing, client.isPaused()]).toEqual([null, false]);
    server.write('kept');
    await world.quiet();
    expect(client.readableLength).toBe(4);
    const chunks = collect(client);
    await world.quiet();
    expect(text(chunks)).toBe('kept');
  });

  it('keeps what has come when its flow is taken back in the call in which it began', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.write('kept');
    await world.quiet();
    client.on('data', ignore);
    client.off('data', ignore);
    client._readableState!.flowing = null;
    await world.quiet();
    expect([client.readableFlowing, client.readableLength]).toEqual([null, 4]);
  });

  it('stays paused in word when its flow is taken back directly', async () => {
    const { client } = await connect(await createWorld());
    client.pause();
    client._readableState!.flowing = null;
    expect([client.readableFlowing, client.isPaused()]).toEqual([null, true]);
  });
}

function writing(createWorld: () => World | Promise<World>): void {
  it('calls back when it has written, never within the call, in order', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const chunks = collect(server);
    const written: string[] = [];
    expect(client.write('one', (error) => written.push(`one ${codeOf(error)}`))).toBe(true);
    expect(client.write('two', (error) => written.push(`two ${codeOf(error)}`))).toBe(true);
    await Promise.resolve();
    expect(written).toEqual([]);
    expect(client.bytesWritten).toBe(6);
    await world.quiet();
    expect(written).toEqual(['one none', 'two none']);
    expect(client.writableLength).toBe(0);
    expect(text(chunks)).toBe('onetwo');
  });

  it('writes in the encoding that it is told', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.write('é');
    client.write('6162', 'hex');
    await world.quiet();
    expect(String(server.read())).toBe('éab');
    expect(client.bytesWritten).toBe(4);
  });

  it('keeps what is written while it is corked', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    client.cork();
    client.write('one');
    client.write('two');
    expect([client.writableCorked, client.writableLength]).toEqual([1, 6]);
    await world.quiet();
    expect(server.readableLength).toBe(0);
    client.uncork();
    await world.quiet();
    expect([client.writableCorked, client.writableLength]).toEqual([0, 0]);
    expect(String(server.read())).toBe('onetwo');
  });

  it('asks for a drain as soon as what waits reaches the high-water mark', async () => {
    const { client } = await connect(await createWorld());
    const wrong: unknown[] = [];
    let mayWrite = true;
    while (mayWrite && client.bytesWritten < MORE_THAN_THERE_IS_ROOM_FOR) {
      mayWrite = client.write(KILOBYTE);
      const { writableLength, writableNeedDrain } = client;
      if (mayWrite !== writableLength < HIGH_WATER_MARK || mayWrite === writableNeedDrain) wrong.push(writableLength);
    }
    expect(wrong).toEqual([]);
    expect(client.writableLength).toBe(HIGH_WATER_MARK);
    expect(client.write('more')).toBe(false);
    expect(client.writableLength).toBe(HIGH_WATER_MARK + 4);
  });

  it('does not drain while the peer does not read', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    await fill(world, client);
    ofClient.events.length = 0;
    const { writableLength, bytesWritten } = client;
    let calls = 0;
    client.write('more', () => calls++);
    await world.quiet();
    expectState(client, { writableLength: writableLength + 4, bytesWritten: bytesWritten + 4 });
    expect([ofClient.events, calls]).toEqual([[], 0]);
  });

  it('drains once when the peer reads on, and not within the call', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    await fill(world, client);
    ofClient.events.length = 0;
    const lengths: number[] = [];
    client.on('drain', () => lengths.push(client.writableLength));
    server.resume();
    expect(ofClient.events).toEqual([]);
    await ofClient.until('drain');
    await world.quiet();
    expect(ofClient.events).toEqual(['drain']);
    expect(lengths).toEqual([0]);
    expect([client.writableNeedDrain, client.writableLength]).toEqual([false, 0]);
  });

  it('does not drain when nothing has asked for it', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    const chunks = collect(server);
    client.write('hello');
    await world.quiet();
    expect(text(chunks)).toBe('hello');
    expect(ofClient.events).toEqual([]);
  });
}

function ending(createWorld: () => World | Promise<World>): void {
  it.each([
    ['read', (socket: ContractSocket) => socket.resume()],
    ['not read', () => undefined],
    ['paused', (socket: ContractSocket) => socket.pause()],
  ])('closes at both ends after end(), when it is %s and nothing is unread', async (_name, prepare) => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    prepare(client);
    prepare(server);
    client.end();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['finish', 'end', 'close false']);
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
    for (const socket of [client, server]) {
      expectState(socket, {
        readyState: 'closed',
        pending: true,
        destroyed: true,
        closed: true,
        errored: null,
        readable: false,
        readableEnded: true,
        writable: false,
        writableEnded: true,
        writableFinished: true,
      });
    }
  });

  it('goes through readOnly at the end that ends, and through writeOnly at the other', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    const states: unknown[] = [];
    const look = (name: string, socket: ContractSocket) => (): unknown =>
      states.push([name, socket.readyState, socket.destroyed]);
    client.on('finish', look('finish', client));
    server.on('end', look('end', server));
    server.on('finish', look('finish', server));
    client.on('end', look('end', client));
    client.end();
    expect([client.readyState, client.writable, client.writableEnded]).toEqual(['readOnly', false, true]);
    expect(client.writableFinished).toBe(false);
    await ofClient.until('close');
    await ofServer.until('close');
    expect(states).toEqual([
      ['finish', 'readOnly', false],
      // Its own end comes after the listeners.
      ['end', 'writeOnly', false],
      ['finish', 'closed', false],
      ['end', 'closed', false],
    ]);
  });

  it('sends the last words of end() before its end', async () => {
    const world = await createWorld();
    const { client, server, ofServer } = await connect(world);
    const chunks = collect(server);
    let calls = 0;
    client.end('bye', () => calls++);
    expect(calls).toBe(0);
    await ofServer.until('end');
    expect(text(chunks)).toBe('bye');
    expect(calls).toBe(1);
  });

  it('sends all that waits before its end', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    await fill(world, client);
    ofClient.events.length = 0;
    client.end();
    await world.quiet();
    expect(ofClient.events).toEqual([]);
    server.resume();
    await ofServer.until('end');
    expect(server.bytesRead).toBe(client.bytesWritten);
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['finish', 'end', 'close false']);
  });

  it('still writes what a listener answers to the end of its peer', async () => {
    const world = await createWorld();
    const { client, server, ofServer } = await connect(world);
    const chunks = collect(server);
    client.on('end', () => client.write('bye'));
    server.end();
    await ofServer.until('close');
    expect(text(chunks)).toBe('bye');
    expect(ofServer.events).toEqual(['finish', 'end', 'close false']);
  });

  it('stays open for writing after the end of its peer when half-open is allowed', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    const chunks = collect(server);
    client.allowHalfOpen = true;
    server.end();
    await world.quiet();
    expectState(client, { readyState: 'writeOnly', destroyed: false, readableEnded: true, writable: true });
    client.write('still here');
    await world.quiet();
    expect(text(chunks)).toBe('still here');
    client.end();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['end', 'finish', 'close false']);
    expect(ofServer.events).toEqual(['finish', 'end', 'close false']);
  });

  it('ends once, however often it is asked', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    client.end();
    client.end();
    await ofClient.until('close');
    client.end();
    await world.quiet();
    expect(ofClient.events).toEqual(['finish', 'end', 'close false']);
  });

  it('is destroyed by a write after end()', async () => {
    const world = await createWorld();
    const { client, ofClient, ofServer } = await connect(world);
    const written: string[] = [];
    client.end();
    expect(client.write('late', (error) => written.push(codeOf(error)))).toBe(false);
    expect(client.destroyed).toBe(true);
    expect([ofClient.events, written]).toEqual([[], []]);
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['error ERR_STREAM_WRITE_AFTER_END', 'close true']);
    expect(written).toEqual(['ERR_STREAM_WRITE_AFTER_END']);
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
  });

  it('closes after its last words when it is to be destroyed soon', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    const chunks = collect(server);
    client.write('bye');
    client.destroySoon();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(text(chunks)).toBe('bye');
    expect(ofClient.events).toEqual(['finish', 'close false']);
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
  });
}

function endingUnread(createWorld: () => World | Promise<World>): void {
  const sizes = [
    ['little', bytes(8)],
    ['much', MUCH],
  ] as const;
  const cases = unread.flatMap(([name, hold]) => sizes.map(([size, sent]) => [name, size, hold, sent] as const));

  it.each(cases)('a socket %s does not tell that its peer has ended behind %s', async (_name, _size, hold, sent) => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    hold(client);
    server.end(sent);
    await world.quiet();
    expect(ofClient.events).toEqual([]);
    expectState(client, { destroyed: false, readyState: 'open', writable: true, readableEnded: false });
    const chunks = collect(client);
    client.resume();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(ofClient.events).toEqual(['end', 'finish', 'close false']);
    expect(ofServer.events).toEqual(['finish', 'end', 'close false']);
  });

  it('tells of the end of its peer once read() has taken the last of it', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    server.end('bye');
    await world.quiet();
    client.read();
    expect(ofClient.events).toEqual([]);
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['end', 'finish', 'close false']);
  });

  it('does not close after its own end while something is unread, and does when it is resumed', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    server.write('unread');
    await world.quiet();
    client.end();
    await ofServer.until('close');
    await world.quiet();
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
    expect(ofClient.events).toEqual(['finish']);
    expectState(client, { destroyed: false, readyState: 'readOnly', readableLength: 6 });
    client.resume();
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['finish', 'end', 'close false']);
  });

  it('hears at its second write that its peer has closed, while it has something unread', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    server.write('unread');
    await world.quiet();
    server.destroy();
    await world.quiet();
    const written: string[] = [];
    // The first write is what makes the peer answer that it is gone.
    expect(client.write('one', (error) => written.push(`one ${codeOf(error)}`))).toBe(true);
    await world.quiet();
    expect([ofClient.events, client.destroyed]).toEqual([[], false]);
    client.write('two', (error) => written.push(`two ${codeOf(error)}`));
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['error EPIPE', 'close true']);
    expect(written).toEqual(['one none', 'two EPIPE']);
  });
}

function destroying(createWorld: () => World | Promise<World>): void {
  it('is closed in word within destroy(), and tells of its close later', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    client.destroy();
    const state = {
      destroyed: true,
      // Before the event of that name.
      closed: true,
      pending: true,
      readyState: 'closed',
      readable: false,
      readableEnded: false,
      readableFlowing: null,
      writable: false,
      writableEnded: false,
      writableFinished: false,
      errored: null,
    };
    expectState(client, state);
    await Promise.resolve();
    expect(ofClient.events).toEqual([]);
    await ofClient.until('close');
    await world.quiet();
    expect(ofClient.events).toEqual(['close false']);
    expectState(client, state);
  });

  it('ends at its peer when it is destroyed', async () => {
    const world = await createWorld();
    const { client, server, ofServer } = await connect(world);
    const chunks = collect(server);
    client.write('last words');
    client.destroy();
    await ofServer.until('close');
    expect(text(chunks)).toBe('last words');
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
  });

  it('ends at its peer when it is destroyed with something unread', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    server.write('unread');
    await world.quiet();
    client.destroy();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['close false']);
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
  });

  it('is reset at its peer when it is destroyed and has not taken all that has come', async () => {
    const world = await createWorld();
    const { client, server, ofClient, ofServer } = await connect(world);
    server.write(MUCH);
    await world.quiet();
    client.destroy();
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['close false']);
    expect(ofServer.events).toEqual(['error ECONNRESET', 'close true']);
  });

  it('tells of the error that it is destroyed with, then of its close', async () => {
    const world = await createWorld();
    const { client, ofClient, ofServer } = await connect(world);
    const error = new Error('broken');
    client.destroy(error);
    expect(client.errored).toBe(error);
    expect(ofClient.events).toEqual([]);
    await ofClient.until('close');
    await ofServer.until('close');
    expect(ofClient.events).toEqual(['error broken', 'close true']);
    expect(ofServer.events).toEqual(['end', 'finish', 'close false']);
  });

  it('throws the error that nobody listens to', async () => {
    const world = await createWorld();
    const client = world.dial();
    await world.until(client, 'ready');
    const error = new Error('broken');
    const uncaught = world.uncaught();
    client.destroy(error);
    expect(await uncaught).toBe(error);
  });

  it.each([
    ['without an error', undefined, ['close false']],
    ['with one', new Error('first'), ['error first', 'close true']],
  ])('is destroyed but once: what counts is the first time, %s', async (_name, error, events) => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    client.destroy(error);
    client.destroy(new Error('second'));
    await ofClient.until('close');
    client.destroy(new Error('third'));
    await world.quiet();
    expect(ofClient.events).toEqual(events);
    expect(client.errored).toBe(error ?? null);
  });

  it('takes no write after it is destroyed, and says so to the writer alone', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    const written: string[] = [];
    client.destroy();
    expect(client.write('late', (error) => written.push(codeOf(error)))).toBe(false);
    await ofClient.until('close');
    expect(client.write('later', (error) => written.push(codeOf(error)))).toBe(false);
    await world.quiet();
    expect(written).toEqual(['ERR_STREAM_DESTROYED', 'ERR_STREAM_DESTROYED']);
    expect(ofClient.events).toEqual(['close false']);
  });

  it('gives its reader nothing of what comes after it is destroyed', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    const chunks = collect(client);
    await world.quiet();
    server.write('late');
    client.destroy();
    await ofClient.until('close');
    await world.quiet();
    expect(chunks).toEqual([]);
  });

  it('closes with an error of the write that still waits', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    await fill(world, client);
    ofClient.events.length = 0;
    const written: string[] = [];
    client.write('waits', (error) => written.push(codeOf(error)));
    client.destroy();
    await ofClient.until('close');
    await world.quiet();
    expect(written).toEqual(['ERR_STREAM_DESTROYED']);
    expect(ofClient.events).toEqual(['close false']);
  });
}

function resetting(createWorld: () => World | Promise<World>): void {
  it.each([['that is read', (socket: ContractSocket) => socket.resume()] as (typeof unread)[number], ...unread])(
    'a socket %s tells at once that its peer has reset it, when nothing is unread',
    async (_name, prepare) => {
      const world = await createWorld();
      const { client, server, ofClient, ofServer } = await connect(world);
      prepare(client);
      await world.quiet();
      const errors: unknown[] = [];
      client.on('error', (error: Error) => errors.push(error));
      server.resetAndDestroy();
      expect([server.destroyed, server.readyState]).toEqual([true, 'closed']);
      expect(ofServer.events).toEqual([]);
      await ofClient.until('close');
      await ofServer.until('close');
      expect(ofServer.events).toEqual(['close false']);
      expect(ofClient.events).toEqual(['error ECONNRESET', 'close true']);
      expect(errors).toEqual([expect.objectContaining({ syscall: 'read', message: 'read ECONNRESET' })]);
      expectState(client, { destroyed: true, readableEnded: false, writableEnded: false });
      expect(client.errored).toBe(errors[0]);
    },
  );

  it.each(unread)('a socket %s tells of a reset behind less than the high-water mark', async (_name, hold) => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    hold(client);
    server.write(bytes(HIGH_WATER_MARK - 1));
    await world.quiet();
    server.resetAndDestroy();
    await ofClient.until('close');
    // It still had room, so it was reading; what it has read is lost all the same.
    expect(ofClient.events).toEqual(['error ECONNRESET', 'close true']);
    expect(client.readableLength).toBe(HIGH_WATER_MARK - 1);
    const chunks = collect(client);
    client.resume();
    await world.quiet();
    expect(chunks).toEqual([]);
  });

  it.each(unread)('a socket %s does not tell of a reset behind as much as it has room for', async (_name, hold) => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    hold(client);
    const sent = bytes(HIGH_WATER_MARK);
    server.write(sent);
    await world.quiet();
    server.resetAndDestroy();
    await world.quiet();
    expect(ofClient.events).toEqual([]);
    expectState(client, { destroyed: false, readyState: 'open', writable: true });
    const chunks = collect(client);
    client.resume();
    await ofClient.until('close');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(ofClient.events).toEqual(['error ECONNRESET', 'close true']);
  });

  it('hears at its next write of a reset that it has not read', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    server.write(bytes(HIGH_WATER_MARK));
    await world.quiet();
    server.resetAndDestroy();
    await world.quiet();
    const written: string[] = [];
    client.write('hello', (error) => written.push(codeOf(error)));
    expect(ofClient.events).toEqual([]);
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['error ECONNRESET', 'close true']);
    expect(written).toEqual(['ECONNRESET']);
  });

  it('tells of a reset while much waits to be written', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    await fill(world, client);
    ofClient.events.length = 0;
    server.resetAndDestroy();
    await ofClient.until('close');
    expect(ofClient.events).toEqual(['error ECONNRESET', 'close true']);
  });
}

function timingOut(createWorld: () => World | Promise<World>): void {
  it('tells of a timeout and stays open', async () => {
    const world = await createWorld();
    const { client, ofClient } = await connect(world);
    client.setTimeout(10);
    expect(client.timeout).toBe(10);
    await world.until(client, 'timeout');
    await world.quiet();
    expect(ofClient.events).toEqual(['timeout']);
    expectState(client, { destroyed: false, readyState: 'open', timeout: 10 });
  });

  it('calls the listener of setTimeout() at the first timeout only', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    let calls = 0;
    client.setTimeout(10, () => calls++);
    await world.until(client, 'timeout');
    expect(calls).toBe(1);
    server.write('activity');
    await world.until(client, 'timeout');
    expect(calls).toBe(1);
  });

  it('tells of no timeout that was taken back, or that its close has overtaken', async () => {
    const world = await createWorld();
    const { client, ofClient, ofServer, server } = await connect(world);
    const later = await connect(world);
    client.setTimeout(10);
    client.setTimeout(0);
    expect(client.timeout).toBe(0);
    server.setTimeout(10);
    later.client.setTimeout(10);
    later.client.destroy();
    expect(later.client.timeout).toBe(10);
    later.server.allowHalfOpen = true;
    later.server.setTimeout(30);
    await world.until(later.server, 'timeout');
    expect(ofClient.events).toEqual([]);
    expect(ofServer.events).toEqual(['timeout']);
    expect(later.ofClient.events).toEqual(['close false']);
  });

  it('counts anew from each write and from all that comes', async () => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    const order: string[] = [];
    client.on('timeout', () => order.push('client'));
    server.on('timeout', () => order.push('server'));
    client.setTimeout(100);
    server.setTimeout(60);
    // At 60: puts the client off from 100 to 160, and the server, which counted 60 more, to 120.
    server.once('timeout', () => client.write('activity'));
    await world.until(client, 'timeout');
    expect(order).toEqual(['server', 'server', 'client']);
  });
}

/** What the transport over such sockets reads, and how that ends. */
function readByItsTransport(createWorld: () => World | Promise<World>): void {
  const read = (socket: ContractSocket): string[] => {
    const told: string[] = [];
    // The address does not matter: nothing is dialled.
    tcp(1)
      .data(socket as unknown as Socket)
      .subscribe({ next: (data) => told.push(data.toString()), complete: () => told.push('the end') });
    return told;
  };

  it.each<[string, string[], (server: ContractSocket, client: ContractSocket) => unknown]>([
    ['the end of its peer', ['all', 'the end'], (server) => server.end()],
    ['the close that follows a reset', ['all', 'the end'], (server) => server.resetAndDestroy()],
    ['the close that follows its own destroy', ['all', 'the end'], (_server, client) => client.destroy()],
    ['nothing but that: not at its own end', ['all'], (_server, client) => client.end()],
  ])('is read by its transport until %s', async (_name, story, close) => {
    const world = await createWorld();
    const { client, server } = await connect(world);
    server.allowHalfOpen = true;
    const told = read(client);
    server.write('all');
    await world.quiet();
    close(server, client);
    await world.quiet();
    expect(told).toEqual(story);
  });

  it('is read by its transport to the end before its close, which is not the end of it', async () => {
    const world = await createWorld();
    const { client, server, ofClient } = await connect(world);
    client.allowHalfOpen = true;
    const told = read(client);
    server.end('all');
    await world.quiet();
    expect(told).toEqual(['all', 'the end']);
    expect(ofClient.events).toEqual(['end']);
  });

  it('has the listeners that it had before it was read by its transport, once that is over', async () => {
    const { client } = await connect(await createWorld());
    const listeners = (): unknown => client.eventNames().map((name) => [name, client.listenerCount(name)]);
    const before = listeners();
    const reading = tcp(1)
      .data(client as unknown as Socket)
      .subscribe();
    expect(listeners()).not.toEqual(before);
    reading.unsubscribe();
    expect(listeners()).toEqual(before);
  });
}
