import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { onTestFinished } from 'vitest';

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;

type RecordType = keyof typeof TYPES;

export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** `'.'` is the root. */
  readonly target: string;
}

/** One record, or how the question for it is answered besides. */
type Reply = { readonly ttl: number; readonly data: readonly (string | SrvData)[] } | 'SERVFAIL' | 'silence';

/** A name server on loopback, gone with the test that has started it. It knows what it is told, and answers at once. */
export class DnsServer {
  /** What it has been asked so far, for example `A cache.test`. */
  readonly queries: string[] = [];
  private readonly replies = new Map<string, Reply>();

  constructor(private readonly socket: Socket) {
    socket.on('message', (query: Buffer, { port, address }: RemoteInfo) => {
      const response = this.respond(query);
      if (response !== undefined) socket.send(response, port, address);
    });
  }

  /** As the `servers` of a configuration take it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  /** Has these addresses of a name, and no others. */
  addresses(name: string, addresses: readonly string[], ttl = 30): void {
    this.replies.set(`A ${name}`, { ttl, data: addresses.filter(isIPv4) });
    this.replies.set(`AAAA ${name}`, { ttl, data: addresses.filter((address) => !isIPv4(address)) });
  }

  services(name: string, data: readonly SrvData[]): void {
    this.replies.set(`SRV ${name}`, { ttl: 30, data });
  }

  /** Answers that question in this way from now on. */
  reply(type: RecordType, name: string, reply: Reply): void {
    this.replies.set(`${type} ${name}`, reply);
  }

  /** Knows nothing of that name any more. */
  forget(name: string): void {
    for (const type of Object.keys(TYPES)) this.replies.delete(`${type} ${name}`);
  }

  private respond(query: Buffer): Buffer | undefined {
    const { type, name, end } = questionOf(query);
    this.queries.push(`${type} ${name}`);
    const reply = this.replies.get(`${type} ${name}`);
    if (reply === 'silence') return undefined;
    const records = typeof reply === 'object' ? reply.data.map((data) => recordOf(type, reply.ttl, data)) : [];
    const isKnown = Object.keys(TYPES).some((other) => this.replies.has(`${other} ${name}`));
    const code = reply === 'SERVFAIL' ? CODES.SERVFAIL : isKnown ? CODES.NOERROR : CODES.NXDOMAIN;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    // A response, authoritative, to a question that wanted recursion, which is available.
    header.writeUInt16BE(0x8580 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, query.subarray(12, end), ...records]);
  }
}

function questionOf(query: Buffer): { type: RecordType; name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = query.readUInt16BE(at + 1);
  const type = (Object.keys(TYPES) as RecordType[]).find((known) => TYPES[known] === code);
  if (type === undefined) throw new Error(`nobody should ask for records of type ${code}`);
  return { type, name: labels.join('.'), end: at + 5 };
}

function recordOf(type: RecordType, ttl: number, data: string | SrvData): Buffer {
  const content = typeof data === 'string' ? packed(data) : service(data);
  const header = Buffer.alloc(12);
  // Its name is the one at offset 12, that of the question.
  header.writeUInt16BE(0xc00c, 0);
  header.writeUInt16BE(TYPES[type], 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt32BE(ttl, 6);
  header.writeUInt16BE(content.length, 10);
  return Buffer.concat([header, content]);
}

/** An address as bytes; of IPv6 with one `::` in it. */
function packed(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [left, right] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - left!.length - right!.length }, () => '0');
  return Buffer.from([...left!, ...zeros, ...right!].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function service({ priority, weight, port, target }: SrvData): Buffer {
  const numbers = Buffer.alloc(6);
  [priority, weight, port].forEach((number, i) => numbers.writeUInt16BE(number, 2 * i));
  const labels = target.split('.').filter((label) => label !== '');
  const name = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  return Buffer.concat([numbers, ...name, Buffer.from([0])]);
}

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return new DnsServer(socket);
}
