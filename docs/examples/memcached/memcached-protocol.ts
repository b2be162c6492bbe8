import { frames, type Decoding, type Protocol } from 'rxpool/protocol';

/** An answer: the line that ends it, and the values or statistics in front of that. */
export interface MemcachedAnswer {
  readonly end: string;
  readonly items: readonly MemcachedItem[];
}

/** A line like `VALUE greeting 0 5`, with the value, or a line like `STAT pid 4711`. */
export interface MemcachedItem {
  readonly line: string;
  readonly value?: Uint8Array;
}

/** The server refuses: ERROR, CLIENT_ERROR or SERVER_ERROR. The connection is as good as before. */
export class MemcachedError extends Error {}

const utf8 = new TextDecoder();
const lineEnd = Uint8Array.of(13, 10);

function* decode(): Decoding<MemcachedAnswer> {
  const items: MemcachedItem[] = [];
  for (;;) {
    const line = utf8.decode(yield lineEnd);
    if (line.startsWith('VALUE ')) {
      const value = yield Number(line.slice(line.lastIndexOf(' ') + 1));
      yield 2; // the line end behind it
      items.push({ line, value });
    } else if (line.startsWith('STAT ')) items.push({ line });
    else return { end: line, items };
  }
}

function encode(command: string): Uint8Array {
  return new TextEncoder().encode(command);
}

/** The text protocol of memcached, by https://github.com/memcached/memcached/blob/master/doc/protocol.txt. */
export const memcachedProtocol: Protocol<string | Uint8Array, MemcachedAnswer> = {
  frames: frames({ decode, encode }),
  encode: (command) => command,
  answer: (answer) => {
    if (/^(?:CLIENT_|SERVER_)?ERROR/.test(answer.end)) throw new MemcachedError(answer.end);
    return answer;
  },
};
