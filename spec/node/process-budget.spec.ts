import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { budget } from '../../src/limit/budget.js';
import { processBudget } from '../../src/node/process-budget.js';

vi.mock('node:fs', async (original) => ({ ...(await original<object>()), readFileSync: vi.fn() }));

const KEY = Symbol.for('rxpool.budget@1');
const limits = (soft: string): string =>
  [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             96365                96366                processes ',
    `Max open files            ${soft.padEnd(20)} 4096                 files     `,
    'Max locked memory         8388608              8388609              bytes     ',
    '',
  ].join('\n');

function kernelSays(text: string): void {
  vi.mocked(readFileSync).mockReturnValue(text);
}

function kernelIsSilent(): void {
  vi.mocked(readFileSync).mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory');
  });
}

function reportSays(report: object): void {
  vi.spyOn(process.report, 'getReport').mockReturnValue(report);
}

beforeEach(() => {
  Reflect.deleteProperty(globalThis, KEY);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(readFileSync).mockReset();
  Reflect.deleteProperty(globalThis, KEY);
});

describe('the limit of the process', () => {
  it.each([
    ['1024', 921],
    ['20000', 18_000],
    ['500', 450],
    ['499', 449],
    ['256', 206],
    ['60', 10],
    ['51', 1],
    ['50', 1],
    ['10', 1],
    ['1', 1],
    ['unlimited', 9_216],
  ])('is derived from the soft limit of open files: of %s it is %i', (soft, limit) => {
    kernelSays(limits(soft));
    expect(processBudget().picture.limit).toBe(limit);
  });

  it('is read from where Linux has it, which costs nothing', () => {
    kernelSays(limits('1024'));
    const getReport = vi.spyOn(process.report, 'getReport');
    processBudget();

    expect(vi.mocked(readFileSync)).toHaveBeenCalledWith('/proc/self/limits', 'utf8');
    expect(getReport).not.toHaveBeenCalled();
  });

  it.each([
    [2_048, 1_843],
    ['unlimited', 9_216],
    ['2048', 1_843],
  ])('is taken from the report of the process elsewhere: of %o it is %i', (soft, limit) => {
    kernelIsSilent();
    reportSays({ userLimits: { open_files: { soft, hard: 4_096 } } });
    expect(processBudget().picture.limit).toBe(limit);
  });

  it.each([
    [{}],
    [{ userLimits: {} }],
    [{ userLimits: { open_files: {} } }],
    [{ userLimits: { open_files: { soft: 'many' } } }],
    [{ userLimits: { open_files: { soft: '' } } }],
    [{ userLimits: { open_files: { soft: -1 } } }],
  ])('is 900 where neither says it: %j', (report) => {
    kernelSays('something else');
    reportSays(report);
    expect(processBudget().picture.limit).toBe(900);
  });

  it('is 900 where asking for it throws', () => {
    kernelIsSilent();
    vi.spyOn(process.report, 'getReport').mockImplementation(() => {
      throw new Error('planted');
    });
    expect(processBudget().picture.limit).toBe(900);
  });

  it('is asked for without the network, which would be looked up, and leaves that as it was', () => {
    kernelIsSilent();
    const report = process.report as unknown as { excludeNetwork: unknown };
    const seen: unknown[] = [];
    vi.spyOn(process.report, 'getReport').mockImplementation(() => {
      seen.push(report.excludeNetwork);
      throw new Error('planted');
    });
    const before = report.excludeNetwork;
    processBudget();

    expect(seen).toEqual([true]);
    expect(report.excludeNetwork).toBe(before);
  });
});

describe('the budget of the process', () => {
  beforeEach(() => {
    kernelSays(limits('1024'));
  });

  it('is one, and made when it is first asked for', () => {
    expect(KEY in globalThis).toBe(false);
    const made = processBudget();

    expect(processBudget()).toBe(made);
    expect(Reflect.get(globalThis, KEY)).toBe(made);
  });

  it('is the one that another copy of the package has made', () => {
    const theirs = budget({ limit: 3 });
    Reflect.set(globalThis, KEY, theirs);

    expect(processBudget()).toBe(theirs);
  });

  it('has the limit that the first call gives it', () => {
    const made = processBudget({ limit: 7 });
    expect(made.picture.limit).toBe(7);
    expect(vi.mocked(readFileSync)).not.toHaveBeenCalled();

    expect(processBudget()).toBe(made);
    expect(processBudget({ limit: 7 })).toBe(made);
  });

  it('refuses another limit later', () => {
    processBudget();
    expect(() => processBudget({ limit: 7 })).toThrow(
      new RangeError('processBudget: limit must be 921, as the first call has set it, got 7'),
    );
    expect(processBudget().picture.limit).toBe(921);
  });

  it.each([
    [{ limit: 0 }, RangeError, 'processBudget: limit must be an integer from 1 to 9007199254740991, got 0'],
    [{ limit: '7' }, TypeError, 'processBudget: limit must be an integer from 1 to 9007199254740991, got "7"'],
    [{ max: 7 }, TypeError, 'processBudget: unknown option max; known are limit'],
  ])('is not made with %o', (config, type, message) => {
    expect(() => processBudget(config as { limit: number })).toThrow(new type(message));
    expect(KEY in globalThis).toBe(false);
  });
});
