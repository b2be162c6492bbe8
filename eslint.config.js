import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

/** The floors that run in every JavaScript engine, and what each may import from. */
const floors = {
  endpoint: [],
  limit: ['endpoint'],
  balance: ['endpoint'],
  pool: ['endpoint', 'limit', 'balance'],
  protocol: ['endpoint', 'limit', 'balance', 'pool'],
  websocket: ['endpoint', 'limit'],
  'socket-io': ['endpoint', 'limit'],
};
const transports = ['tcp'];
/** They use what every user has, and nothing below it. */
const frameworks = ['angular'];

/** Plain TypeScript, so that a model, a simulation or another reactive library can drive it. */
const plainCore = ['pool-core', 'slot', 'idle-set', 'wait-queue', 'sizing', 'sweeper', 'health'];

// Lists what is allowed, not what is forbidden: a folder, package or spelling nobody thought of is refused too.
const imports = (allowed, message) => [
  'error',
  { patterns: [{ regex: `^(?!(?:${allowed.join('|')})$)`, caseSensitive: true, message }] },
];
const file = '[\\w-]+\\.js';
const sibling = `\\./${file}`;
const from = (folders) => (folders.length === 0 ? [] : [`\\.\\./(?:${folders.join('|')})/${file}`]);
const named = (folders) => ['its own folder', ...folders].join(', ');

// ESLint takes the last setting of a rule, so every group of files spells out its whole list.
const moduleState = [
  {
    selector:
      ':matches(Program > VariableDeclaration, Program > ExportNamedDeclaration > VariableDeclaration)[kind!="const"]',
    message: 'Nothing at module level but constants.',
  },
  {
    selector: 'PropertyDefinition[static=true][readonly!=true]',
    message: 'Nothing at module level but constants, and a mutable static is at module level.',
  },
];
const hiddenImports = [
  {
    selector: ':matches(ImportExpression, TSImportType)',
    message: 'Import statically: the floors are checked at import statements.',
  },
];

export default defineConfig(
  { ignores: ['dist', 'coverage', '.doc-examples', 'spec/integrations/*/.copied', 'spec/package/doc-prelude.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, rxjsX.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },

  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'no-restricted-syntax': ['error', ...moduleState],
    },
  },
  {
    files: ['src/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [`\\./(?:endpoint|limit|balance|pool)/${file}`],
        'The entry re-exports from the floors below `protocol`.',
      ),
      'no-restricted-syntax': [
        'error',
        ...moduleState,
        ...hiddenImports,
        { selector: 'ExportAllDeclaration', message: 'The entry re-exports by name.' },
      ],
    },
  },
  {
    files: ['src/*/**/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from(Object.keys(floors)), '[^.].*'],
        `Import from ${named(Object.keys(floors))} or a package.`,
      ),
    },
  },
  Object.entries(floors).map(([floor, lower]) => ({
    files: [`src/${floor}/**/*.ts`],
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from(lower), 'rxjs'],
        `src/${floor} imports from ${named(lower)} and rxjs only.`,
      ),
      'no-restricted-syntax': ['error', ...moduleState, ...hiddenImports],
    },
  })),
  {
    files: transports.map((transport) => `src/${transport}/**/*.ts`),
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from(['endpoint', 'limit']), '(?!rxpool(?:/|$))[^.].*'],
        `A transport imports from ${named(['endpoint', 'limit'])} and packages only.`,
      ),
    },
  },
  {
    files: frameworks.map((framework) => `src/${framework}/**/*.ts`),
    rules: {
      'no-restricted-imports': imports(
        [sibling, '\\.\\./index\\.js', '\\.\\./websocket/index\\.js', '(?!rxpool(?:/|$)|node:)[^.].*'],
        'A framework imports from its own folder, ../index.js, ../websocket/index.js and packages only.',
      ),
    },
  },
  {
    // The simulated network stands in for the real one below the same transport.
    files: ['src/testing/**/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from([...Object.keys(floors), 'tcp']), '(?!rxpool(?:/|$))[^.].*'],
        `src/testing imports from ${named([...Object.keys(floors), 'tcp'])} and packages only.`,
      ),
    },
  },
  {
    // What finds servers connects to them over TCP, unless it is told otherwise.
    files: ['src/dns/**/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from(['endpoint', 'limit', 'tcp']), '(?!rxpool(?:/|$))[^.].*'],
        `src/dns imports from ${named(['endpoint', 'limit', 'tcp'])} and packages only.`,
      ),
    },
  },
  {
    // A list in a file is one more way to find servers.
    files: ['src/node/**/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from([...Object.keys(floors), 'tcp', 'dns']), '(?!rxpool(?:/|$))[^.].*'],
        `src/node imports from ${named([...Object.keys(floors), 'tcp', 'dns'])} and packages only.`,
      ),
    },
  },
  {
    // A framework stands on what everybody can import, and on the one way to tell of a wrong option.
    files: ['src/nest/**/*.ts'],
    rules: {
      'no-restricted-imports': imports(
        [
          sibling,
          '\\.\\./(?:\\.\\./)?(?:[\\w-]+/)?index\\.js',
          '\\.\\./(?:\\.\\./)?endpoint/check-config\\.js',
          '(?!rxpool(?:/|$))[^.].*',
        ],
        'A framework imports from its own folder, the entries and packages only.',
      ),
    },
  },
  {
    files: plainCore.map((name) => `src/pool/${name}.ts`),
    rules: {
      'no-restricted-imports': imports(
        [sibling, ...from(floors.pool)],
        `The pool's core is plain TypeScript: it imports from ${named(floors.pool)} only.`,
      ),
    },
  },
  {
    files: Object.keys(floors).map((floor) => `src/${floor}/**/*.ts`),
    ignores: ['src/endpoint/clock.ts', 'src/endpoint/system-clock.ts', 'src/endpoint/system-random.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
            name,
            message: 'Time is injected: use the clock.',
          })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance is injected: use the `random` of the configuration.' },
      ],
    },
  },

  {
    files: ['spec/**/*.ts', 'docs/**/*.ts'],
    rules: {
      // A spec reaches into what it has just built, and looks at methods and values that a call has changed meanwhile.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },
  {
    // Nest's modules are classes with nothing in them, and its options are declared as classes.
    files: ['spec/nest/**/*.ts', 'spec/integrations/**/*.ts', 'docs/examples/migrating/nest-*/*.ts'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'MemberExpression[property.name=/^(skip|only|todo)$/]:matches([object.name=/^(it|test|describe|suite)$/], [object.object.name=/^(it|test|describe|suite)$/])',
          'CallExpression[callee.name=/^(it|test|describe|suite)$/] > ObjectExpression > Property[key.name=/^(skip|only|todo)$/]',
        ].map((selector) => ({ selector, message: 'Every test runs.' })),
      ],
    },
  },
);
