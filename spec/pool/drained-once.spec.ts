import { expect, it } from 'vitest';
import { CoreLab } from './core-lab.js';

it('a core that has drained says so once, whatever it is told afterwards', () => {
  const { core, host } = new CoreLab();
  core.close('closed');
  expect(host.isDrained).toBe(1);
  core.warm(0);
  core.settle();

  expect(host.isDrained).toBe(1);
});
