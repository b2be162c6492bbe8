import { describe, expect, it } from 'vitest';
import { completeEjection } from '../../src/balance/complete-ejection.js';
import { ejectionRules } from '../../src/balance/ejection-config.js';
import { checkConfig } from '../../src/endpoint/check-config.js';

const DEFAULTS = {
  consecutive: 5,
  failureRate: 0.5,
  latencyFactor: 5,
  minRequests: 20,
  interval: 10_000,
  baseTime: 30_000,
  maxTime: 300_000,
  jitter: 0.1,
  maxEjected: 0.1,
  panic: 0.5,
  slowStart: 10_000,
};

const check = (config: unknown): void => checkConfig('ejection', config, ejectionRules);

describe('the options of ejection', () => {
  it('have the defaults that are documented', () => {
    expect(completeEjection()).toEqual(DEFAULTS);
    expect(Object.keys(ejectionRules)).toEqual(Object.keys(DEFAULTS));
  });

  it.each(Object.keys(DEFAULTS))('%s is taken as it is given, and undefined is left out', (option) => {
    expect(completeEjection({ [option]: 0.25 })).toEqual({ ...DEFAULTS, [option]: 0.25 });
    expect(completeEjection({ [option]: undefined })).toEqual(DEFAULTS);
  });

  it('take their defaults, and Infinity where something can be off', () => {
    expect(() => check(DEFAULTS)).not.toThrow();
    expect(() => check({ consecutive: Infinity, failureRate: Infinity, latencyFactor: Infinity })).not.toThrow();
    expect(() => check({ maxTime: Infinity, panic: 0, slowStart: 0, jitter: 0, maxEjected: 1 })).not.toThrow();
  });

  it.each([
    ['consecutive', 0],
    ['consecutive', 1.5],
    ['failureRate', 0],
    ['failureRate', 50],
    ['latencyFactor', 0.9],
    ['minRequests', 0],
    ['minRequests', Infinity],
    ['interval', 0],
    ['interval', Infinity],
    ['baseTime', 0],
    ['baseTime', Infinity],
    ['maxTime', 0],
    ['jitter', 1.1],
    ['maxEjected', 10],
    ['panic', 50],
    ['slowStart', -1],
    ['slowStart', Infinity],
  ])('%s cannot be %d', (option, value) => {
    expect(() => check({ [option]: value })).toThrow(RangeError);
    expect(() => check({ [option]: value })).toThrow(option);
  });

  it('are numbers, and no others', () => {
    expect(() => check({ consecutive: '5' })).toThrow(TypeError);
    expect(() => check({ consecutve: 5 })).toThrow(TypeError);
  });
});
