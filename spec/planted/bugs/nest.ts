import type { Bug } from '../bug.js';

const microservices = 'src/nest/microservices';
const framesSpec = 'spec/nest/nest-frames.spec.ts';
const clientSpec = 'spec/nest/pooled-tcp-client.spec.ts';
const moduleSpec = 'spec/nest/rxpool-module.spec.ts';
const healthSpec = 'spec/nest/rxpool-health-indicator.spec.ts';

/** Bugs in what is made for Nest. */
export const NEST_BUGS: readonly Bug[] = [
  {
    name: 'nest-length-in-bytes',
    breaks: 'a request with a character beyond ASCII announces its bytes, and Nest counts UTF-16 code units',
    rule: 'contract',
    file: `${microservices}/encode-nest-frame.ts`,
    find: 'String(json.length)',
    replace: 'String(Buffer.byteLength(json))',
    hints: [clientSpec],
  },
  {
    name: 'nest-characters-cut-in-half',
    breaks: 'a character that is cut into two chunks comes out as two that are none',
    rule: 'contract',
    file: `${microservices}/nest-frames.ts`,
    find: 'decoder.write(bytes)',
    replace: 'new StringDecoder().end(Buffer.from(bytes))',
    hints: [framesSpec],
  },
  {
    name: 'nest-length-without-end',
    breaks: 'digits without a # are read for ever',
    rule: 'bounded',
    file: `${microservices}/nest-frame-reader.ts`,
    find: ' || i - at >= MOST_DIGITS',
    replace: '',
    hints: [framesSpec],
  },
  {
    name: 'nest-error-ends-nothing',
    breaks: 'a request that the server answers with an error keeps its place on the connection',
    rule: 'contract',
    file: `${microservices}/nest-protocol.ts`,
    find: 'Boolean(isDisposed) || Boolean(err)',
    replace: 'Boolean(isDisposed)',
    hints: [clientSpec],
  },
  {
    name: 'nest-event-keeps-its-lease',
    breaks: 'an event that is written never gives its connection back',
    rule: 'contract',
    file: `${microservices}/send-event.ts`,
    find: '    subscriber.add(() => lease.release());\n',
    replace: '',
    hints: [clientSpec],
  },
  {
    name: 'nest-pool-closes-too-early',
    breaks: 'the pool closes before the HTTP server has answered what it was asked',
    rule: 'contract',
    file: 'src/nest/rxpool-module.ts',
    find: 'async onApplicationShutdown(): Promise<void> {',
    replace:
      'async onModuleDestroy(): Promise<void> {\n    await this.onApplicationShutdown();\n  }\n\n  async onApplicationShutdown(): Promise<void> {',
    hints: [moduleSpec],
  },
  {
    name: 'nest-health-without-failed',
    breaks: 'a pool that has given up is said to be up',
    rule: 'contract',
    file: 'src/nest/terminus/rxpool-health-indicator.ts',
    find: "state === 'failed' || ",
    replace: '',
    hints: [healthSpec],
  },
];
