import type { Bug } from '../bug.js';

const provide = 'src/angular/provide-rxpool.ts';
const outside = 'src/angular/recipe-outside.ts';
const provideSpec = 'spec/angular/provide-rxpool.spec.ts';
const zoneSpec = 'spec/angular/outside-the-zone.spec.ts';
const serverSpec = 'spec/angular/server-rendering.spec.ts';

/** Bugs that show in Angular applications only. */
export const ANGULAR_BUGS: readonly Bug[] = [
  {
    name: 'pool-outlives-its-injector',
    breaks: 'a route that has been left keeps its connections open',
    rule: 'contract',
    file: provide,
    find: 'inject(DestroyRef).onDestroy(() => void pool.close());',
    replace: 'inject(DestroyRef).onDestroy(() => void pool);',
    hints: [provideSpec],
  },
  {
    name: 'dialled-within-the-zone',
    breaks: 'a borrower within the zone of Angular dials there, so that each message runs change detection',
    rule: 'contract',
    file: outside,
    find: 'return isObservable(answer) ? observableOutside(zone, answer) : answer;',
    replace: 'return answer;',
    hints: [zoneSpec],
  },
  {
    name: 'timed-within-the-zone',
    breaks: 'a timer of the pool keeps an Angular application from becoming stable',
    rule: 'contract',
    file: outside,
    find: 'set: (at, fn) => zone.runOutsideAngular(() => clock.set(at, fn)),',
    replace: 'set: (at, fn) => clock.set(at, fn),',
    hints: [zoneSpec],
  },
  {
    name: 'dialled-during-server-rendering',
    breaks: 'the server dials for each page that it renders',
    rule: 'contract',
    file: provide,
    find: "=== 'server'",
    replace: "=== 'node'",
    hints: [serverSpec],
  },
  {
    name: 'waited-for-during-server-rendering',
    breaks: 'who borrows during server rendering holds up the page until `acquireTimeout`',
    rule: 'contract',
    file: 'src/angular/server-pool.ts',
    find: 'void pool.close();',
    replace: '',
    hints: [serverSpec],
  },
];
