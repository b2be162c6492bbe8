/** The states of a slot. `checking` = a hook is running on the connection. Everything but `empty` is owned and counts against `max`. */
export type SlotStateName = 'empty' | 'connecting' | 'idle' | 'lent' | 'checking' | 'closing';

/** One state, and how many slots of a pool are in it. A slot points to its state, so that changing it is cheap. */
export class SlotState {
  size = 0;

  constructor(
    readonly name: SlotStateName,
    /** Whether the connection is open and the pool's to lend. */
    readonly isOpen: boolean,
  ) {}
}
