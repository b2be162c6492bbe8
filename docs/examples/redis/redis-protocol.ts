import type { Protocol } from 'rxpool/protocol';
import { encodeCommand, RedisError, resp3, type RedisFrame, type RedisValue } from './resp3.js';

/** The commands that are answered by pushes, one for each of their arguments. */
const answeredByPushes = /^p?(?:un)?subscribe$/i;

/** Commands of Redis, their answers in order, and pushes between them. */
export const redisProtocol: Protocol<readonly string[], RedisFrame, RedisValue> = {
  frames: resp3,
  encode: encodeCommand,
  isPush: ({ isPush, value }) => isPush && !(Array.isArray(value) && answeredByPushes.test(String(value[0]))),
  isLast: ({ isPush, value }, command) => !isPush || !Array.isArray(value) || value[1] === command.at(-1),
  answer: ({ value }) => {
    if (value instanceof RedisError) throw value;
    return value;
  },
};
