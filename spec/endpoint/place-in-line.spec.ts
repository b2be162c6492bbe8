import { expect, it } from 'vitest';
import { endpointBrand } from '../../src/endpoint/endpoint.js';
import { FakeAsker } from './fake-asker.js';
import { fakeEndpoint } from './fake-endpoint.js';

it('an asker that asks again while it stands in line keeps its place', () => {
  const { gate } = fakeEndpoint({ maxConnecting: 1 }).connection[endpointBrand];
  const dialling = new FakeAsker(gate);
  dialling.ask();
  const [first, second] = [new FakeAsker(gate), new FakeAsker(gate)];
  first.ask();
  second.ask();
  first.ask();
  gate.abandoned();

  expect([first, second].map(({ turns }) => turns.length)).toEqual([1, 0]);
});
