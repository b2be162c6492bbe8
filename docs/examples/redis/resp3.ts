import { frames, type Decoding, type Format } from 'rxpool/protocol';

/** What the server says, as RESP3 has it: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export type RedisValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | RedisError
  | readonly RedisValue[]
  | ReadonlySet<RedisValue>
  | ReadonlyMap<RedisValue, RedisValue>;

/** The server refuses a command. The connection is as good as before. */
export class RedisError extends Error {
  /** The first word, such as WRONGTYPE. */
  readonly kind: string;

  constructor(message: string) {
    super(message);
    this.name = 'RedisError';
    this.kind = message.split(' ', 1)[0] ?? '';
  }
}

/** An answer, or a push: what comes unasked. */
export interface RedisFrame {
  readonly isPush: boolean;
  readonly value: RedisValue;
}

const utf8 = new TextDecoder();
const lineEnd = Uint8Array.of(13, 10);

/** More of it would be no answer but an attack on the stack. */
const DEEPEST = 32;

/** Commands are arrays of texts; answers come as frames. Text is UTF-8. */
export const resp3: Format<RedisFrame, readonly string[]> = frames<RedisFrame, readonly string[]>({
  *decode(): Decoding<RedisFrame> {
    const line = utf8.decode(yield lineEnd);
    const value = isWhole(line) ? wholeValue(line) : yield* restOf(line, 0);
    return { isPush: line.startsWith('>'), value };
  },
  encode: (command) => new TextEncoder().encode(encodeCommand(command)),
});

export function encodeCommand(command: readonly string[]): string {
  let text = `*${command.length}\r\n`;
  for (const part of command) text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`;
  return text;
}

function isWhole(line: string): boolean {
  return '+-:_#,('.includes(line.charAt(0)) || line === '$-1' || line === '*-1';
}

/** A value that is one line. */
function wholeValue(line: string): RedisValue {
  const rest = line.slice(1);
  switch (line.charAt(0)) {
    case '+':
      return rest;
    case '-':
      return new RedisError(rest);
    case ':':
      return Number(rest);
    case ',':
      return rest === 'inf' ? Infinity : rest === '-inf' ? -Infinity : Number(rest);
    case '#':
      return rest === 't';
    case '(':
      return BigInt(rest);
    default:
      return null;
  }
}

/** A value of which more follows behind its first line. */
function* restOf(line: string, depth: number): Generator<number | Uint8Array, RedisValue, Uint8Array> {
  if (depth > DEEPEST) throw new RangeError('values are nested too deeply');
  const size = Number(line.slice(1));
  switch (line.charAt(0)) {
    case '$':
    case '=':
    case '!': {
      const text = utf8.decode(yield size);
      yield 2; // the line end behind it
      if (line.startsWith('$')) return text;
      return line.startsWith('!') ? new RedisError(text) : text.slice(4); // a verbatim text begins with its format
    }
    case '*':
    case '>':
      return yield* values(size, depth);
    case '~':
      return new Set(yield* values(size, depth));
    case '%': {
      const flat = yield* values(2 * size, depth);
      return new Map(flat.flatMap((key, i) => (i % 2 === 0 ? [[key, flat[i + 1] ?? null]] : [])));
    }
    case '|': {
      yield* values(2 * size, depth); // attributes of the value that follows
      const next = utf8.decode(yield lineEnd);
      return isWhole(next) ? wholeValue(next) : yield* restOf(next, depth);
    }
    default:
      throw new SyntaxError(`not RESP3: ${JSON.stringify(line.slice(0, 60))}`);
  }
}

function* values(count: number, depth: number): Generator<number | Uint8Array, RedisValue[], Uint8Array> {
  const all: RedisValue[] = [];
  while (all.length < count) {
    const line = utf8.decode(yield lineEnd);
    all.push(isWhole(line) ? wholeValue(line) : yield* restOf(line, depth + 1));
  }
  return all;
}
