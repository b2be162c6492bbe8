import type { Dated } from '../limit/deadline-list.js';

/** Something that has to be over in time. */
export interface Due extends Dated<Due> {
  dueAt: number;
  expired(): void;
}
