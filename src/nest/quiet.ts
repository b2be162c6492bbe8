import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../index.js';

/**
 * A logger of Nest without its level `debug`, which Nest writes unless it is told otherwise.
 *
 * @internal
 */
export function quiet(logger: LoggerService): Logger {
  return {
    debug: () => undefined,
    log: (line) => void logger.log(line),
    warn: (line) => void logger.warn(line),
    error: (line) => void logger.error(line),
  };
}
