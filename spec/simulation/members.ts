import type { Host } from './host.js';
import type { Member } from './naming-source.js';
import type { Worth } from './settings-many.js';

/** The transport or endpoint by which each host is known at present. */
export class Members {
  private readonly known = new Map<Host, Member>();

  constructor(private readonly create: (host: Host, worth: Worth) => Member) {}

  of(host: Host): Member {
    return this.known.get(host) ?? this.make(host, { weight: 1, priority: 0 });
  }

  /** From now on it is known by another one, which is worth that much. */
  make(host: Host, worth: Worth): Member {
    const member = this.create(host, worth);
    this.known.set(host, member);
    return member;
  }
}
