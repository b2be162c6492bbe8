import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { OperatorFunction } from 'rxjs';
import type { Decoding } from '../../../src/protocol/index.js';
import { Sender, type Download, type Reader } from '../download.js';
import { interleave, type Measure } from '../harness.js';
import { cost, speed, type Case } from '../rows.js';
import { delimited, frames, lengthPrefixed, lines, readable } from '../subject.js';

/** Bytes of a frame, with all that belongs to it. */
const SIZE = 100;
const VALUE_BEGINS = 'VALUE key 0 ';
const END = '\r\nEND\r\n';

const line = `${'x'.repeat(SIZE - 1)}\n`;
const delimitedFrame = `${'x'.repeat(SIZE - 2)}\r\n`;
const lengthFrame = lengthPrefixed().encode(new Uint8Array(SIZE - 4).fill(120));
const valueFrame = `${VALUE_BEGINS}77\r\n${'x'.repeat(77)}${END}`;

/** A value of memcached: two texts to read, and bytes between them. */
const values = frames({
  *decode(): Decoding<Uint8Array> {
    const head = latin1(yield '\r\n');
    const value = yield Number(head.slice(head.lastIndexOf(' ') + 1));
    yield END.length;
    return value;
  },
  encode: (value: Uint8Array) => value,
});

const framing: Case = async ({ quick, progress }) => {
  const times = quick ? 50_000 : 300_000;
  const senders: Sender[] = [];
  const of = async (unit: string | Uint8Array): Promise<(read: Reader) => Measure> => {
    if (unit.length !== SIZE) throw new Error(`a frame of ${String(unit.length)} bytes`);
    const sender = await Sender.of(unit, times);
    senders.push(sender);
    return (read) => async () => nsEach(await sender.measure(read, times), times);
  };
  const [ofLines, ofLengths, ofDelimited, ofValues] = await Promise.all(
    [line, lengthFrame, delimitedFrame, valueFrame].map(of),
  );
  const ns = await interleave(
    {
      lines: ofLines!(through(lines())),
      readline: ofLines!(byReadline),
      linesByHand: ofLines!(byHand(cutLines)),
      lengths: ofLengths!(through(lengthPrefixed())),
      lengthsByHand: ofLengths!(byHand(cutLengths)),
      delimited: ofDelimited!(through(delimited('\r\n'))),
      delimitedByHand: ofDelimited!(byHand(cutDelimited)),
      values: ofValues!(through(values)),
      valuesByHand: ofValues!(byHand(cutValues)),
    },
    { rounds: quick ? 5 : 15, warmUp: quick ? 2 : 3, progress },
  );
  for (const sender of senders) sender.stop();
  return [
    speed('`lines()`', 'ns', ns.lines, { name: '`readline`', samples: ns.readline }, { atLeast: 2 }),
    cost('`lines()`', 'ns', ns.lines, { name: 'by hand', samples: ns.linesByHand }),
    cost('`lengthPrefixed()`', 'ns', ns.lengths, { name: 'by hand', samples: ns.lengthsByHand }, { atMost: 1.5 }),
    cost("`delimited('\\r\\n')`", 'ns', ns.delimited, { name: 'by hand', samples: ns.delimitedByHand }),
    cost('`frames(codec)`, a value of memcached', 'ns', ns.values, { name: 'by hand', samples: ns.valuesByHand }),
  ];
};
export default framing;

function nsEach({ cpu }: Download, times: number): number {
  return (cpu * 1e6) / times;
}

function through<Frame>(format: OperatorFunction<Uint8Array, Frame>): Reader {
  return (socket) =>
    new Promise((resolve, reject) => {
      let frames = 0;
      readable(socket, format).subscribe({ next: () => frames++, error: reject, complete: () => resolve(frames) });
    });
}

async function byReadline(socket: Socket): Promise<number> {
  let lines = 0;
  const reader = createInterface({ input: socket, crlfDelay: Infinity });
  reader.on('line', () => lines++);
  await once(reader, 'close');
  return lines;
}

/** Emits the whole frames of the bytes, and says where the first begins that is not whole. */
type Cut = (bytes: Buffer, emit: (frame: string | Uint8Array) => void) => number;

/** As a client would have it that knows its one format. */
function byHand(cut: Cut): Reader {
  return async (socket) => {
    let frames = 0;
    let rest: Buffer | undefined;
    const emit = (): void => {
      frames++;
    };
    socket.on('data', (chunk: Buffer) => {
      const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      const at = cut(bytes, emit);
      rest = at === bytes.length ? undefined : bytes.subarray(at);
    });
    await once(socket, 'end');
    return frames;
  };
}

const cutLines: Cut = (bytes, emit) => {
  let at = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, at)) {
    emit(bytes.toString('utf8', at, end));
    at = end + 1;
  }
  return at;
};

const cutLengths: Cut = (bytes, emit) => {
  let at = 0;
  while (bytes.length - at >= 4) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    emit(bytes.subarray(at + 4, end));
    at = end;
  }
  return at;
};

const cutDelimited: Cut = (bytes, emit) => {
  let at = 0;
  for (let end = bytes.indexOf('\r\n'); end !== -1; end = bytes.indexOf('\r\n', at)) {
    emit(bytes.subarray(at, end));
    at = end + 2;
  }
  return at;
};

const cutValues: Cut = (bytes, emit) => {
  let at = 0;
  for (let end = bytes.indexOf('\r\n'); end !== -1; end = bytes.indexOf('\r\n', at)) {
    const head = bytes.toString('latin1', at, end);
    const begin = end + 2;
    const size = Number(head.slice(head.lastIndexOf(' ') + 1));
    if (begin + size + END.length > bytes.length) break;
    emit(bytes.subarray(begin, begin + size));
    at = begin + size + END.length;
  }
  return at;
};

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
