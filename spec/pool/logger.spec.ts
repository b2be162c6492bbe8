import { describe, expect, it, vi } from 'vitest';
import { checkLogger, lineWriter, type Logger, type LogLevel } from '../../src/pool/logger.js';
import { afterPromises } from './pool-lab.js';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Keeps its lines in itself, as a class that needs `this` does. */
class Leveled {
  readonly lines: string[] = [];
  debug(line: string): void {
    this.lines.push(`debug ${line}`);
  }
  info(line: string): void {
    this.lines.push(`info ${line}`);
  }
  warn(line: string): void {
    this.lines.push(`warn ${line}`);
  }
  error(line: string): void {
    this.lines.push(`error ${line}`);
  }
}

/** As the `Logger` of Nest is: `log` where others have `info`, and more arguments than a line. */
class NestLike {
  readonly lines: string[] = [];
  log(message: unknown, ...more: unknown[]): void {
    this.write('log', message, more);
  }
  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }
  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }
  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }
  verbose(message: unknown, ...more: unknown[]): void {
    this.write('verbose', message, more);
  }
  private write(level: string, message: unknown, more: unknown[]): void {
    this.lines.push([level, message, ...more].join(' '));
  }
}

class Printing {
  readonly lines: string[] = [];
  print(line: string): void {
    this.lines.push(line);
  }
}

function writeAll(logger: Logger): void {
  const write = lineWriter(logger);
  for (const level of LEVELS) write(level, () => 'line');
}

describe('a logger with levels', () => {
  it('gets each line at its level, with its `this`', () => {
    const logger = new Leveled();
    writeAll(logger);
    expect(logger.lines).toEqual(['debug line', 'info line', 'warn line', 'error line']);
  });

  it('may change its methods at any time, as pino does when its level changes', () => {
    const logger = new Leveled();
    const write = lineWriter(logger);
    logger.debug = () => {};
    write('debug', () => 'quiet');
    write('warn', () => 'loud');
    expect(logger.lines).toEqual(['warn loud']);
  });

  it('may be a function', () => {
    const logger = Object.assign(() => {}, { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() });
    checkLogger('createPool', logger);
    lineWriter(logger)('warn', () => 'line');
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith('line');
  });

  it('is not asked to print, where it can do that too', () => {
    const print = vi.fn();
    const logger = Object.assign(new Leveled(), { print });
    writeAll(logger);
    expect(print).not.toHaveBeenCalled();
    expect(logger.lines).toHaveLength(4);
  });

  it('gets under `log` what is info, where it has no `info`, as that of Nest', () => {
    const logger = new NestLike();
    checkLogger('createPool', logger);
    writeAll(logger);
    expect(logger.lines).toEqual(['debug line', 'log line', 'warn line', 'error line']);
  });

  it('gets it under `log`, where its `info` is no method', () => {
    const logger = Object.assign(new NestLike(), { info: 'all of it' });
    checkLogger('createPool', logger);
    writeAll(logger);
    expect(logger.lines).toContain('log line');
  });

  it('gets it under `info`, where it has both', () => {
    const logger = Object.assign(new Leveled(), { log: vi.fn() });
    checkLogger('createPool', logger);
    writeAll(logger);
    expect(logger.log).not.toHaveBeenCalled();
    expect(logger.lines).toContain('info line');
  });

  it('fits as it is: the console', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    checkLogger('createPool', console);
    lineWriter(console)('warn', () => 'line');
    expect(warn).toHaveBeenCalledExactlyOnceWith('line');
    warn.mockRestore();
  });
});

describe('anything that prints', () => {
  it('gets every line, whatever its level, with its `this`', () => {
    const logger = new Printing();
    checkLogger('createPool', logger);
    writeAll(logger);
    expect(logger.lines).toEqual(['line', 'line', 'line', 'line']);
  });

  it('does, where some of the levels are missing', () => {
    const debug = vi.fn();
    const logger = Object.assign(new Printing(), { debug });
    checkLogger('createPool', logger);
    writeAll(logger);
    expect(debug).not.toHaveBeenCalled();
    expect(logger.lines).toHaveLength(4);
  });
});

describe('what is no logger', () => {
  const { debug, warn } = console;

  it.each([
    ['a number', 5, 'debug, info, warn, error'],
    ['a string', 'console', 'debug, info, warn, error'],
    ['null', null, 'debug, info, warn, error'],
    ['an empty object', {}, 'debug, info, warn, error'],
    ['a bare function', () => {}, 'debug, info, warn, error'],
    ['one without some of the levels', { debug, warn }, 'info, error'],
    ['one whose level is no method', { ...console, info: true, log: true }, 'info'],
    ['one whose `log` does not make up for another level', { log: warn, debug, warn }, 'error'],
    ['one whose print is no method', { print: 'yes' }, 'debug, info, warn, error'],
  ])('is told so: %s', (_name, logger, missing) => {
    expect(() => {
      checkLogger('createPool', logger);
    }).toThrow(
      new TypeError(
        `createPool: logger must have the methods debug, info (or log), warn and error, or print; it lacks ${missing}`,
      ),
    );
  });

  it('is none at all: that is allowed', () => {
    expect(() => {
      checkLogger('createPool', undefined);
    }).not.toThrow();
  });
});

describe('a logger that fails costs nothing', () => {
  const failing = (fail: () => unknown): Logger => ({ debug: fail, info: fail, warn: fail, error: fail });

  it('when it throws', () => {
    const fail = vi.fn(() => {
      throw new Error('disk full');
    });
    writeAll(failing(fail));
    expect(fail).toHaveBeenCalledTimes(4);
  });

  it.each<[string, () => unknown]>([
    ['a promise that rejects', () => Promise.reject(new Error('disk full'))],
    ['what only looks like one', () => ({ then: (_done: unknown, fail: (error: Error) => void) => fail(new Error()) })],
    [
      'one whose `then` throws',
      () => ({
        then: () => {
          throw new Error('disk full');
        },
      }),
    ],
  ])('when it returns %s', async (_name, fail) => {
    let calls = 0;
    // No mock: one would handle the rejection itself, and an unhandled one is what fails the run.
    const log = (): unknown => {
      calls++;
      return fail();
    };
    writeAll(failing(log));
    await afterPromises();
    expect(calls).toBe(4);
  });

  it('when it has lost its methods', () => {
    const logger: Partial<Leveled> & Logger = new Leveled();
    const write = lineWriter(logger);
    Object.defineProperty(logger, 'warn', { value: undefined });
    expect(() => {
      write('warn', () => 'line');
    }).not.toThrow();
  });

  it('nor does a line that cannot be made', () => {
    const logger = new Leveled();
    lineWriter(logger)('warn', () => {
      throw new Error('not even that');
    });
    expect(logger.lines).toEqual([]);
  });
});
