import { describe, expect, it } from 'vitest';
import { budget } from '../../src/limit/budget.js';
import type { Permit } from '../../src/limit/permit.js';
import { Random } from '../pool/random.js';
import { Asked, FakeMember } from './budget-lab.js';

const SEEDS = Array.from({ length: 40 }, (_, i) => 2_000 + i);
const STEPS = 600;

/** A request that waits, and how often each of the others has been served since. */
interface Waiting {
  readonly asked: Asked;
  readonly holder: FakeMember | undefined;
  readonly urgent: boolean;
  /** Requests of its own holder and kind that stood before it. */
  readonly before: number;
  readonly servedSince: Map<FakeMember | undefined, number>;
}

describe('a random walk on a budget', () => {
  it.each(SEEDS)('keeps every rule after every step (seed %i)', (seed) => {
    const random = new Random(seed);
    const limit = 1 + random.below(6);
    const shared = budget({ limit });
    const members = ['a', 'b', 'c', 'd'].map((name) => new FakeMember(shared, name));
    const out: { readonly permit: Permit; readonly holder: FakeMember | undefined }[] = [];
    let waiting: Waiting[] = [];
    let [now, evictions] = [0, 0];
    let isAsking = false;
    /** What is found where an exception would not be heard. */
    const broken: string[] = [];
    for (const member of members) {
      const evict = member.evict.bind(member);
      member.evict = () => {
        // Only one that still owes something may be passed over.
        const others = members.filter(({ closing }) => closing.length === 0);
        const oldest = Math.min(...others.map(({ idleSince }) => idleSince ?? Infinity));
        if (!(member.idleSince! <= oldest)) broken.push('not the longest idle one');
        if (!isAsking && !waiting.some(({ asked, urgent }) => urgent && !asked.isGranted)) broken.push('for nobody');
        evict();
        evictions++;
      };
    }

    function request(holder: FakeMember | undefined, urgent: boolean): void {
      const before = waiting.filter((one) => one.holder === holder && one.urgent === urgent).length;
      isAsking = urgent;
      const asked = new Asked(shared, { urgent, ...(holder && { holder }) }, (permit) => {
        out.push({ permit, holder });
        served(holder, urgent);
      });
      isAsking = false;
      if (!asked.isGranted) waiting.push({ asked, holder, urgent, before, servedSince: new Map() });
    }

    /** Tells all who still wait who has been served instead, and holds them to their turns. */
    function served(holder: FakeMember | undefined, urgent: boolean): void {
      waiting = waiting.filter(({ asked }) => !asked.isGranted);
      for (const one of waiting) {
        if (one.urgent && !urgent) broken.push('before an urgent one');
        if (one.urgent !== urgent || one.holder === holder) continue;
        const count = (one.servedSince.get(holder) ?? 0) + 1;
        one.servedSince.set(holder, count);
        if (count > one.before + 1) broken.push('a second turn before the first of another');
      }
    }

    const anyone = (): FakeMember | undefined => random.pick([undefined, ...members]);
    const steps: (() => void)[] = [
      () => request(anyone(), true),
      () => request(anyone(), true),
      () => request(anyone(), false),
      () => {
        const one = random.take(waiting);
        if (one === undefined) return;
        one.asked.withdraw();
      },
      () => random.take(out)?.permit.release(),
      () => random.take(out)?.permit.release(),
      () => {
        // Given back to its pool, and idle there.
        const rested = random.take(out.filter(({ holder }) => holder !== undefined));
        if (rested === undefined) return;
        out.splice(out.indexOf(rested), 1);
        rested.holder!.idle.push({ since: now++, permit: rested.permit });
        shared.offer();
      },
      () => {
        // Lent again, the one used last first.
        const member = random.pick(members)!;
        const connection = member.idle.pop();
        if (connection !== undefined) out.push({ permit: connection.permit, holder: member });
      },
      () => {
        const member = random.pick(members.filter(({ closing }) => closing.length > 0));
        member?.closed();
      },
    ];
    function check(step: number): void {
      const where = `seed ${seed}, step ${step}`;
      expect(broken, where).toEqual([]);
      const { picture } = shared;
      const idle = members.reduce((sum, member) => sum + member.idle.length, 0);
      const closing = members.reduce((sum, member) => sum + member.closing.length, 0);
      waiting = waiting.filter(({ asked }) => !asked.isGranted);
      expect(picture.used, where).toBe(out.length + idle + closing);
      expect(picture.used, where).toBeLessThanOrEqual(limit);
      expect(picture.waiting, where).toBe(waiting.length);
      expect(picture.used === limit || waiting.length === 0, `${where}: nobody waits for what is free`).toBe(true);
      const urgent = waiting.filter((one) => one.urgent).length;
      // Nothing rests that somebody waits for.
      expect(idle === 0 || closing >= urgent, where).toBe(true);
      for (const { name, used, waiting: asked } of picture.members) {
        const member = members.find((one) => one.name === name)!;
        const held = out.filter(({ holder }) => holder === member).length + member.idle.length + member.closing.length;
        expect({ used, asked }, where).toEqual({
          used: held,
          asked: waiting.filter(({ holder }) => holder === member).length,
        });
      }
    }

    for (let step = 0; step < STEPS; step++) {
      random.pick(steps)!();
      check(step);
    }
    expect(evictions).toBeGreaterThan(0);
    // Every request is answered once all give back what they hold.
    let rounds = 0;
    while (shared.picture.used > 0 && rounds++ < STEPS) {
      for (const { permit } of out.splice(0)) permit.release();
      for (const member of members) {
        for (const { permit } of member.idle.splice(0)) permit.release();
        while (member.closing.length > 0) member.closed();
      }
    }
    expect(shared.picture).toMatchObject({ used: 0, waiting: 0 });
  });
});
