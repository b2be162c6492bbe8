import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url);

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0)) await undo();
});

/** The demo in a process of its own, as `npm start` runs it. */
class Demo {
  out = '';
  err = '';
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** At `close`, not at `exit`: the servers' process holds the same standard error, so this waits for its end too. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(
    args: readonly string[],
    { node = [], env = {} }: { node?: string[]; env?: Record<string, string> } = {},
  ) {
    this.process = spawn(process.execPath, ['--import', 'tsx', ...node, 'docs/examples/demo.ts', ...args], {
      cwd: root,
      // Node takes no CI for a terminal with colours.
      env: {
        ...process.env,
        CI: undefined,
        FORCE_COLOR: undefined,
        NO_COLOR: undefined,
        TERM: 'xterm-256color',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.process.stderr.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    cleanup.push(async () => {
      this.process.kill('SIGKILL');
      await this.ended;
    });
  }

  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out);
      if (match !== null) return match;
      if (this.process.stdout.readableEnded)
        throw new Error(`the demo ended without ${String(pattern)}: ${this.out}${this.err}`);
      await Promise.race([once(this.process.stdout, 'data'), once(this.process.stdout, 'end')]);
    }
  }

  get ports(): number[] {
    return [...(this.out.split('\n')[0] ?? '').matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  }

  get sum(): { sent: number; answered: number; lost: number; cancelled: number; retries: number } {
    const line = /sent (\d+) = answered (\d+) \+ lost (\d+) \+ cancelled (\d+) {3}\(retries (\d+)\)/.exec(this.out);
    if (line === null) throw new Error(`no summary in: ${this.out}${this.err}`);
    const [sent, answered, lost, cancelled, retries] = line.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { sent, answered, lost, cancelled, retries };
  }
}

function expectBalance({ sum }: Demo): void {
  expect(sum.sent).toBeGreaterThan(0);
  expect(sum.sent).toBe(sum.answered + sum.lost + sum.cancelled);
}

/** A server of the user's. */
async function serve(onSocket: (socket: Socket) => unknown): Promise<{ address: string; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const echo = (socket: Socket) => socket.pipe(socket);
const silence = (socket: Socket) => socket.resume();

async function refusal(port: number): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  cleanup.push(() => socket.destroy());
  return Promise.race([
    once(socket, 'connect').then(() => 'connected'),
    once(socket, 'close').then(() => 'closed'),
  ]).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
}

describe('the demo', () => {
  it('accounts for every request while servers die and come back', async () => {
    const demo = new Demo(['--seconds', '600', '--kill-every', '1']);
    await demo.prints(/killed by the demo/);
    await demo.prints(/ revived by the demo/);
    await demo.prints(/ reconnected/);
    demo.process.kill('SIGINT');

    expect(await demo.ended, demo.err).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.answered).toBeGreaterThan(0);
    expect(demo.ports).toHaveLength(3);
    expect(demo.err).toBe('');
  });

  it('kills nothing with --kill-every 0, and prints plain lines where there is no terminal', async () => {
    const demo = new Demo(['--seconds', '1.5', '--kill-every', '0']);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expect(demo.out).toContain('resets 0, reconnects 0');
    expect(demo.sum).toMatchObject({ lost: 0, cancelled: 0, retries: 0 });
    expect(demo.out).not.toContain('\x1b');
    expect(demo.out).toMatch(/^ +1 s .*idle \d+ lent \d+ .*waiters \d+ .*round trips \d+\/s .*p50 .*resets \d+/m);
  });

  it('drains and prints the summary at Ctrl-C', async () => {
    const demo = new Demo(['--seconds', '600', '--kill-every', '0']);
    await demo.prints(/ 1 s /);
    demo.process.kill('SIGINT');

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.lost).toBe(0);
  });

  // npm passes on the Ctrl-C that the terminal has sent already. Two of a kind might arrive as one here, so these are of two kinds.
  it('takes signals in quick succession for a single Ctrl-C', async () => {
    const { address } = await serve(silence);
    const demo = new Demo(['--seconds', '600', '--connect', address]);
    await demo.prints(/ 1 s /);
    demo.process.kill('SIGINT');
    demo.process.kill('SIGTERM');

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
  });

  it('exits at once at a second Ctrl-C', async () => {
    const { address } = await serve(silence);
    const demo = new Demo(['--seconds', '600', '--connect', address]);
    await demo.prints(/ 1 s /);
    const finger = setInterval(() => demo.process.kill('SIGINT'), 50);
    cleanup.push(() => {
      clearInterval(finger);
    });

    expect(await demo.ended).toEqual({ code: 130, signal: null });
    expect(demo.out).not.toContain('sent');
  });

  it('does the same against servers of the user, and kills none of them', async () => {
    const served = [0, 0];
    const servers = await Promise.all(
      served.map((_, i) =>
        serve((socket) => {
          served[i]!++;
          echo(socket);
        }),
      ),
    );
    const demo = new Demo(['--seconds', '2', ...servers.flatMap(({ address }) => ['--connect', address])]);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.answered).toBe(demo.sum.sent);
    expect(served.every((connections) => connections > 0)).toBe(true);
    expect(demo.out).not.toContain('killed');
  });

  it('cancels at the end what a server that never answers has left open', async () => {
    const { address } = await serve(silence);
    const demo = new Demo(['--seconds', '0.5', '--connect', address]);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.answered).toBe(0);
    expect(demo.sum.cancelled).toBeGreaterThan(0);
  });

  it('counts as lost, after its retries, what a server answers wrongly', async () => {
    const { address } = await serve((socket) => socket.on('data', () => socket.write('something else\n')));
    const demo = new Demo(['--seconds', '1.5', '--connect', address]);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.answered).toBe(0);
    expect(demo.sum.lost).toBeGreaterThan(0);
    expect(demo.sum.retries).toBeGreaterThanOrEqual(3 * demo.sum.lost);
  });

  it('takes a hang-up without an answer for no answer', async () => {
    const { address } = await serve((socket) => socket.once('data', () => socket.end()));
    const demo = new Demo(['--seconds', '1', '--connect', address]);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expectBalance(demo);
    expect(demo.sum.answered).toBe(0);
  });

  it('leaves no server behind when it is killed', async () => {
    const demo = new Demo(['--seconds', '600', '--kill-every', '0']);
    await demo.prints(/for 600 s\n/);
    demo.process.kill('SIGKILL');

    expect(await demo.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await Promise.all(demo.ports.map(refusal))).toEqual(Array(3).fill('ECONNREFUSED'));
  });

  it('ends when whoever reads its output has left', async () => {
    const demo = new Demo(['--seconds', '600', '--kill-every', '0']);
    await demo.prints(/for 600 s\n/);
    demo.process.stdout.destroy();

    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.err).toBe('');
  });
});

describe('the arguments of the demo', () => {
  it('are refused with exit code 2 and a reason where they make no sense', async () => {
    const refusals: [string[], string][] = [
      [['--seconds', 'soon'], '--seconds must be a number of seconds from 0.1 to 86400, got "soon"'],
      [['--kill-every', ''], '--kill-every must be a number of seconds from 0 to 86400, got ""'],
      [['--connect', 'somewhere'], '--connect: tcp: an address must be "host:port", got "somewhere"'],
      [['--connect', 'localhost:1', '--kill-every', '1'], 'with --connect nothing is killed'],
      [['--fast'], "Unknown option '--fast'"],
      [['fast'], "Unexpected argument 'fast'"],
    ];
    const refused = refusals.map(([args, reason]) => ({ demo: new Demo(args), reason }));

    for (const { demo, reason } of refused) {
      expect(await demo.ended, reason).toEqual({ code: 2, signal: null });
      expect(demo.err).toContain(reason);
      expect(demo.out).toBe('');
    }
  });

  it('--help tells every option', async () => {
    const demo = new Demo(['--help']);

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    for (const option of ['--seconds', '--kill-every', '--connect', '--help']) expect(demo.out).toContain(option);
  });
});

describe('the screen of the demo', () => {
  const COLUMNS = 60;
  const ROWS = 18;
  const ESC = '\x1b';
  const CLEAR_LINE = `${ESC}[K`;
  const CLEAR_BELOW = `${ESC}[J`;
  const ENTER = `${ESC}[?1049h${ESC}[?25l`;
  const LEAVE = `${ESC}[?25h${ESC}[?1049l`;
  /** Makes the demo believe that its pipe is a terminal. */
  const pretend = `data:text/javascript,${encodeURIComponent(`
    import { WriteStream } from 'node:tty';
    const { hasColors, getColorDepth } = WriteStream.prototype;
    Object.assign(process.stdout, { isTTY: true, columns: ${COLUMNS}, rows: ${ROWS}, hasColors, getColorDepth });
  `)}`;
  const onTerminal = (env: Record<string, string> = {}): Demo =>
    new Demo(['--seconds', '1', '--kill-every', '0'], { node: ['--import', pretend], env });
  const frames = ({ out }: Demo): string[] => out.split('\x1b[H').slice(1);
  const colors = new RegExp(`${ESC}\\[\\d*m`, 'g');

  it('stays within its edges, is never cleared as a whole, and is left as it was, with the summary', async () => {
    const demo = onTerminal();

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expect(demo.out.startsWith(ENTER)).toBe(true);
    expect(frames(demo).length).toBeGreaterThan(1);
    for (const frame of frames(demo)) {
      const lines = frame.split(CLEAR_BELOW)[0]!.split('\r\n');
      expect(lines.length).toBeLessThanOrEqual(ROWS);
      for (const line of lines)
        expect(line.replaceAll(colors, '').replace(CLEAR_LINE, '').length).toBeLessThan(COLUMNS);
    }
    expect(demo.out).not.toContain(`${ESC}[2J`);
    expect(demo.out).toMatch(colors);
    const afterwards = demo.out.split(LEAVE)[1];
    expect(afterwards).toMatch(/^sent \d+ = /);
    expect(afterwards).not.toContain(ESC);
  });

  it('has no colours where NO_COLOR says so', async () => {
    const demo = onTerminal({ NO_COLOR: '1' });

    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expect(frames(demo).length).toBeGreaterThan(1);
    expect(demo.out).not.toMatch(colors);
  });

  it('is given back at an exit in a hurry too', async () => {
    const demo = new Demo(['--seconds', '600', '--connect', (await serve(silence)).address], {
      node: ['--import', pretend],
    });
    await demo.prints(/round trips/);
    const finger = setInterval(() => demo.process.kill('SIGINT'), 50);
    cleanup.push(() => {
      clearInterval(finger);
    });

    expect(await demo.ended).toEqual({ code: 130, signal: null });
    expect(demo.out.endsWith(LEAVE)).toBe(true);
  });
});
