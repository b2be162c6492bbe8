import { eventLine, levelOf, restLine } from './event-line.js';
import type { EventQueue } from './event-queue.js';
import { LineLimit } from './line-limit.js';
import { lineWriter, type Logger } from './logger.js';

/** Writes a line for each event of a pool. An endpoint that flaps gets a few of each type, and then the number of the others. */
export function logEvents(events: Pick<EventQueue, 'listen'>, pool: string, logger: Logger): void {
  const write = lineWriter(logger);
  const limit = new LineLimit();
  events.listen((event) => {
    const { type, at } = event;
    // The last event is the last chance to tell.
    if (type === 'drained' || limit.isOver(at)) {
      for (const { kind, level, count } of limit.restart(at)) write(level, () => restLine(pool, kind, count));
    }
    const level = levelOf(event);
    const endpoint = 'endpoint' in event ? event.endpoint : undefined;
    if (limit.admits(type, endpoint, level)) write(level, () => eventLine(pool, event));
  });
}
