/**
 * Where a pool writes a line for each event: a logger with the four usual levels, such as `console`, pino or winston, or anything that
 * prints lines. What is `info` may be called `log`, as in Nest. What the methods return, throw or reject with is ignored.
 */
export type Logger = LevelLogger | { print(line: string): unknown };

type LevelLogger = {
  debug(message: string): unknown;
  warn(message: string): unknown;
  error(message: string): unknown;
} & ({ info(message: string): unknown } | { log(message: string): unknown });

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** @throws TypeError that names what is missing. */
export function checkLogger(subject: string, logger: unknown): void {
  const missing = lacking(logger);
  if (logger === undefined || missing.length === 0 || has(logger, 'print')) return;
  throw new TypeError(
    `${subject}: logger must have the methods debug, info (or log), warn and error, or print; it lacks ${missing.join(', ')}`,
  );
}

/** Writes a line that `make` returns, and lets neither it nor the logger fail. */
export type LineWriter = (level: LogLevel, make: () => string) => void;

export function lineWriter(logger: Logger): LineWriter {
  // Each method is looked up anew and called as one: pino replaces its methods when its level changes, and they need `this`.
  const write = hasLevels(logger)
    ? (level: LogLevel, line: string) => {
        if (level !== 'info') return logger[level](line);
        return has(logger, 'info') ? logger.info(line) : logger.log(line);
      }
    : (_level: LogLevel, line: string) => logger.print(line);
  return (level, make) => {
    try {
      const outcome = write(level, make());
      if (has(outcome, 'then')) Promise.resolve(outcome).then(undefined, ignore);
    } catch {
      // A line that cannot be written costs nothing.
    }
  };
}

function hasLevels(logger: Logger): logger is LevelLogger {
  return lacking(logger).length === 0;
}

function lacking(logger: unknown): LogLevel[] {
  return LEVELS.filter((level) => !has(logger, level) && !(level === 'info' && has(logger, 'log')));
}

function has<Name extends string>(value: unknown, method: Name): value is Record<Name, (line: string) => unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Record<string, unknown>)[method] === 'function';
}

function ignore(): void {
  // Nobody waits for a log.
}
