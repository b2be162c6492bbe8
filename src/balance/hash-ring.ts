import type { KeyRing } from './balance.js';
import type { Candidate } from './candidate.js';
import { hash } from './hash.js';
import { PointList } from './point-list.js';

/** What the ring knows of one on it. */
interface Member<T> {
  readonly candidate: T;
  /** Its number in the list of points. */
  readonly id: number;
  readonly points: Uint32Array;
  leases: number;
  weight: number;
  /** The look that met it last. */
  look: number;
}

/**
 * Consistent hashing with bounded loads. A key belongs to the first point at or after its own hash, and to the next one where that
 * candidate has more than its part of all leases.
 */
export class HashRing<T extends Candidate> implements KeyRing<T> {
  private readonly points = new PointList();
  private readonly members = new Map<T, Member<T>>();
  private readonly byId: (Member<T> | undefined)[] = [];
  private readonly free: number[] = [];
  private leases = 0;
  private weight = 0;
  private looks = 0;

  constructor(
    private readonly load: number,
    private readonly pointsEach: number,
  ) {}

  add(candidate: T): void {
    if (this.members.has(candidate)) return;
    const { address, leases, weight } = candidate;
    const id = this.free.pop() ?? this.byId.length;
    const points = Uint32Array.from({ length: this.pointsEach }, (_, i) => hash(`${address}#${i}`)).sort();
    const member: Member<T> = { candidate, id, points, leases, weight, look: 0 };
    this.members.set(candidate, member);
    this.byId[id] = member;
    this.leases += leases;
    this.weight += weight;
    this.points.insert(points, id, (other) => (this.byId[other]?.candidate.address ?? '') <= address);
  }

  remove(candidate: T): void {
    const member = this.members.get(candidate);
    if (member === undefined) return;
    this.members.delete(candidate);
    this.byId[member.id] = undefined;
    this.free.push(member.id);
    this.leases -= member.leases;
    this.weight -= member.weight;
    this.points.remove(member.points, member.id);
  }

  changed(candidate: T): void {
    const member = this.members.get(candidate);
    if (member === undefined) return;
    const { leases, weight } = candidate;
    this.leases += leases - member.leases;
    this.weight += weight - member.weight;
    member.leases = leases;
    member.weight = weight;
  }

  locate(key: string, may: (candidate: T) => boolean): T | undefined {
    const { ids, length } = this.points;
    const look = ++this.looks;
    let first: T | undefined;
    let at = this.points.from(hash(key));
    let unmet = this.members.size;
    for (let steps = 0; steps < length && unmet > 0; steps++, at++) {
      if (at >= length) at = 0;
      const member = this.byId[ids[at] ?? -1];
      if (member === undefined || member.look === look) continue;
      member.look = look;
      unmet--;
      if (!may(member.candidate)) continue;
      if (this.hasRoom(member)) return member.candidate;
      first ??= member.candidate;
    }
    // Those that have room may not serve. Too much to do is better than nobody.
    return first;
  }

  /** Whether it can take one of all leases, this one included, and stay within its part. */
  private hasRoom({ leases, weight }: Member<T>): boolean {
    return leases < Math.ceil((this.load * (this.leases + 1) * weight) / this.weight);
  }
}
