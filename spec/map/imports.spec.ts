import { describe, expect, it } from 'vitest';
import { onCycles, reachable } from './graph.js';
import { atRunTime, importsOf } from './imports.js';
import { parse, readSources } from './sources.js';

const imports = importsOf(readSources());
const loads = atRunTime(imports);

describe('the imports of the source', () => {
  it('have no cycle at run time', () => {
    expect(onCycles(loads)).toEqual([]);
  });

  it('lead from the core of a pool to no package', () => {
    const core = reachable(loads, 'pool/pool-core.ts');
    expect([...core]).toContain('pool/dispatcher.ts');
    expect([...core].filter((name) => !imports.has(name))).toEqual([]);
  });

  it('are of files that there are', () => {
    const missing = [...imports.values()].flat().filter(({ of }) => of.endsWith('.ts') && !imports.has(of));
    expect(missing).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('tells what is gone at run time from what loads a file', () => {
    const text = [
      "import type { A } from './a.js';",
      "import { type B } from '../y/b.js';",
      "export type { C } from './c.js';",
      "export { D } from './d.js';",
      "import 'rxjs';",
      'export const e = 1;',
    ].join('\n');
    const read = importsOf(new Map([['x/z.ts', parse('x/z.ts', text)]]));
    expect(read.get('x/z.ts')).toEqual([
      { of: 'x/a.ts', isType: true },
      { of: 'y/b.ts', isType: false },
      { of: 'x/c.ts', isType: true },
      { of: 'x/d.ts', isType: false },
      { of: 'rxjs', isType: false },
    ]);
    expect(atRunTime(read).get('x/z.ts')).toEqual(['y/b.ts', 'x/d.ts', 'rxjs']);
  });
});
