import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const rules = new Set([
  'max-lines',
  'no-restricted-globals',
  'no-restricted-imports',
  'no-restricted-properties',
  'no-restricted-syntax',
  '@typescript-eslint/no-explicit-any',
]);

// The planted files do not exist, so the rules that need their types cannot run here, and need not.
const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => rules.has(ruleId),
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
  },
});

async function lint(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}

interface Planted {
  readonly what: string;
  readonly code: string;
  readonly rule: string;
  readonly refused: readonly string[];
  readonly allowed: readonly string[];
}

const imports = (what: string, code: string, refused: string[], allowed: string[]): Planted => {
  return { what, code, rule: 'no-restricted-imports', refused, allowed };
};
const coreFiles = ['pool-core', 'slot', 'idle-set', 'wait-queue', 'sizing', 'sweeper', 'health'];
const floors = [
  'src/endpoint/x.ts',
  'src/limit/x.ts',
  'src/balance/x.ts',
  'src/pool/x.ts',
  'src/protocol/x.ts',
  'src/websocket/x.ts',
  'src/socket-io/x.ts',
];
const clocks = ['src/endpoint/clock.ts', 'src/endpoint/system-clock.ts'];
const lines = (count: number) => '// A line.\n'.repeat(count).trimEnd();

const planted: Planted[] = [
  imports(
    'an import of the pool',
    "import { createPool } from '../pool/create-pool.js';\nvoid createPool;",
    [
      'src/endpoint/x.ts',
      'src/limit/x.ts',
      'src/balance/x.ts',
      'src/tcp/x.ts',
      'src/dns/x.ts',
      'src/websocket/x.ts',
      'src/socket-io/x.ts',
    ],
    ['src/protocol/x.ts', 'src/testing/x.ts', 'src/node/x.ts'],
  ),
  imports(
    'an import of a type of the pool',
    "import type { Pool } from '../pool/create-pool.js';\nexport type X = Pool;",
    ['src/endpoint/x.ts', 'src/limit/x.ts', 'src/balance/x.ts', 'src/tcp/x.ts', 'src/dns/x.ts'],
    ['src/protocol/x.ts', 'src/testing/x.ts', 'src/node/x.ts'],
  ),
  imports(
    'a re-export of a type of the pool',
    "export type { Pool } from '../pool/create-pool.js';",
    ['src/endpoint/x.ts', 'src/tcp/x.ts'],
    ['src/protocol/x.ts'],
  ),
  imports(
    'an import of a floor on the same height',
    "import type { Budget } from '../limit/budget.js';\nexport type X = Budget;",
    ['src/balance/x.ts', 'src/endpoint/x.ts'],
    ['src/pool/x.ts', 'src/tcp/x.ts'],
  ),
  imports(
    'an import of the balance',
    "import type { Picker } from '../balance/picker.js';\nexport type X = Picker;",
    ['src/limit/x.ts', 'src/tcp/x.ts'],
    ['src/pool/x.ts', 'src/testing/x.ts'],
  ),
  imports(
    'an import of the protocol',
    "import type { Framer } from '../protocol/framing.js';\nexport type X = Framer;",
    ['src/pool/x.ts', 'src/tcp/x.ts', 'src/websocket/x.ts', 'src/socket-io/x.ts'],
    ['src/testing/x.ts'],
  ),
  imports(
    'an import of the outside world',
    "import { tcp } from '../tcp/tcp.js';\nvoid tcp;",
    [...floors, 'src/nest/x.ts'],
    ['spec/tcp/x.spec.ts', 'src/testing/x.ts', 'src/dns/x.ts', 'src/node/x.ts'],
  ),
  imports(
    'an import of what the simulated network has no use for',
    "import { dnsEndpoints } from '../dns/dns-endpoints.js';\nvoid dnsEndpoints;",
    [...floors, 'src/testing/x.ts', 'src/tcp/x.ts'],
    ['spec/dns/x.spec.ts', 'src/node/x.ts'],
  ),
  imports(
    'an import of an entry',
    "import { createPool } from '../index.js';\nvoid createPool;",
    [...floors, 'src/tcp/x.ts', 'src/node/x.ts'],
    ['src/nest/x.ts'],
  ),
  imports(
    'an import of the entry of another folder',
    "import { tcp } from '../../tcp/index.js';\nvoid tcp;",
    [...floors, 'src/tcp/x.ts'],
    ['src/nest/microservices/x.ts'],
  ),
  imports(
    'an import from within another folder',
    "import { createPool } from '../../pool/create-pool.js';\nvoid createPool;",
    ['src/nest/microservices/x.ts', 'src/nest/terminus/x.ts'],
    ['spec/nest/x/x.spec.ts'],
  ),
  imports(
    'an import of the inside by a framework',
    "import { createPool } from '../pool/create-pool.js';\nvoid createPool;",
    ['src/angular/x.ts'],
    ['src/node/x.ts'],
  ),
  ...['', 'websocket/'].map((room) =>
    imports(
      `an import of the entry ${room}index.js`,
      `import * as entry from '../${room}index.js';\nvoid entry;`,
      ['src/tcp/x.ts', 'src/pool/x.ts'],
      ['src/angular/x.ts', 'spec/x.ts'],
    ),
  ),
  imports(
    'an import in a roundabout spelling',
    "import { createPool } from '../endpoint/../pool/create-pool.js';\nvoid createPool;",
    ['src/tcp/x.ts', 'src/limit/x.ts'],
    ['spec/pool/x.spec.ts'],
  ),
  imports(
    'an import of the package by its name',
    "import { createPool } from 'rxpool';\nvoid createPool;",
    [...floors, 'src/index.ts', 'src/tcp/x.ts'],
    ['docs/examples/x.ts'],
  ),
  imports(
    'an import of node:',
    "import { connect } from 'node:net';\nvoid connect;",
    [...floors, 'src/index.ts'],
    ['src/tcp/x.ts', 'spec/pool/x.spec.ts'],
  ),
  imports(
    'an import of a built-in module without the prefix',
    "import { connect } from 'net';\nvoid connect;",
    [...floors, 'src/index.ts'],
    ['src/tcp/x.ts'],
  ),
  imports(
    'an import of rxjs in the plain core',
    "import type { Observable } from 'rxjs';\nexport type X = Observable<number>;",
    coreFiles.map((name) => `src/pool/${name}.ts`),
    ['src/pool/create-pool.ts', 'src/endpoint/x.ts', 'src/tcp/x.ts'],
  ),
  imports(
    'an entry that reaches the outside world',
    "export { tcp } from './tcp/tcp.js';",
    ['src/index.ts'],
    ['spec/x.ts'],
  ),
  {
    what: 'a re-export of everything',
    code: "export * from './pool/create-pool.js';",
    rule: 'no-restricted-syntax',
    refused: ['src/index.ts'],
    allowed: ['spec/x.ts'],
  },
  {
    what: 'an import at run time',
    code: "export const later = () => import('../tcp/tcp.js');",
    rule: 'no-restricted-syntax',
    refused: floors,
    allowed: ['src/tcp/x.ts'],
  },
  {
    what: 'an import inside a type',
    code: "export type X = import('../tcp/tcp.js').Tcp;",
    rule: 'no-restricted-syntax',
    refused: floors,
    allowed: ['src/tcp/x.ts'],
  },
  ...[
    'Date.now()',
    'new Date()',
    'globalThis.Date.now()',
    'performance.now()',
    'setTimeout(() => undefined, 1)',
    'globalThis.setTimeout(() => undefined, 1)',
    'setInterval(() => undefined, 1)',
    'setImmediate(() => undefined)',
  ].map((call) => ({
    what: call,
    code: `export const x = () => ${call};`,
    rule: 'no-restricted-globals',
    refused: floors,
    allowed: [...clocks, 'src/tcp/x.ts', 'spec/pool/x.spec.ts'],
  })),
  {
    what: 'Math.random()',
    code: 'export const x = () => Math.random();',
    rule: 'no-restricted-properties',
    refused: floors,
    allowed: [...clocks, 'src/tcp/x.ts', 'spec/pool/x.spec.ts'],
  },
  ...['let x = 1;', 'export let x = 1;', 'var x = 1;', 'export class X {\n  static count = 0;\n}'].map((code) => ({
    what: `state at module level, ${code.replaceAll('\n', '')}`,
    code,
    rule: 'no-restricted-syntax',
    refused: [...floors, 'src/tcp/x.ts', 'src/index.ts'],
    allowed: ['spec/pool/x.spec.ts'],
  })),
  {
    what: 'a file of 251 lines',
    code: lines(251),
    rule: 'max-lines',
    refused: [...floors, 'src/tcp/x.ts'],
    allowed: ['spec/pool/x.spec.ts'],
  },
  {
    what: 'any',
    code: 'export type X = any;',
    rule: '@typescript-eslint/no-explicit-any',
    refused: [...floors, 'src/tcp/x.ts', 'src/index.ts', ...coreFiles.map((name) => `src/pool/${name}.ts`)],
    allowed: [],
  },
  ...[
    'it.only("x", () => undefined);',
    'describe.skip("x", () => undefined);',
    'test.todo("x");',
    'it.concurrent.skip("x", () => undefined);',
    'describe.skip.each([1])("x", () => undefined);',
    'it("x", { skip: true }, () => undefined);',
  ].map((code) => ({
    what: code,
    code,
    rule: 'no-restricted-syntax',
    refused: ['spec/pool/x.spec.ts', 'spec/integration/x.it.spec.ts'],
    allowed: ['docs/examples/x.ts'],
  })),
];

describe.each(planted)('$what', ({ code, rule, refused, allowed }) => {
  it.each(refused)('is refused in %s', async (path) => {
    expect(await lint(path, code)).toEqual([rule]);
  });

  it.each(allowed)('is allowed in %s', async (path) => {
    expect(await lint(path, code)).toEqual([]);
  });
});

it('refuses nothing of what the floors are made of', async () => {
  const code = [
    "import { Observable } from 'rxjs';",
    "import type { Clock } from '../endpoint/clock.js';",
    "import { slot } from './slot.js';",
    'const limit = 3;',
    'export class X {',
    '  static readonly limit = limit;',
    '}',
    'export function x(clock: Clock) {',
    '  let count = 0;',
    '  return () => (count += clock.now() + Math.max(1, 2) + Number(Boolean([slot, Observable])));',
    '}',
  ].join('\n');
  expect(await lint('src/pool/x.ts', code)).toEqual([]);
  expect(await lint('src/pool/x.ts', lines(250))).toEqual([]);
});

it('reads the configuration that `npm run lint` reads, unused disables included', async () => {
  const plain = new ESLint();
  const config = (await plain.calculateConfigForFile('src/pool/pool-core.ts')) as {
    linterOptions: { reportUnusedDisableDirectives: unknown };
    rules: Record<string, unknown[]>;
  };
  expect(config.linterOptions.reportUnusedDisableDirectives).toBe(2);
  expect(config.rules['@typescript-eslint/no-floating-promises']?.[0]).toBe(2);
  expect(config.rules['rxjs-x/no-nested-subscribe']?.[0]).toBe(2);
});
