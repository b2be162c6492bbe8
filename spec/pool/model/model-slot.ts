import type { Hook } from '../../../src/pool/pool-host.js';
import type { Loan } from '../../../src/pool/loan.js';
import type { SlotStateName } from '../../../src/pool/slot-state.js';

/** What the core has yet to ask of its host. All of it is asked before the call that caused it returns. */
export type Debt = 'validate' | 'restore' | 'usable' | 'rest' | 'close' | 'force';

/** One loan under way. */
export interface ModelLoan {
  readonly lentAt: number;
  /** Whether it is noticed if its lease is garbage collected: from the first look on. */
  isGuarded: boolean;
  /** Reported as held for too long. */
  isReported: boolean;
  /** What the core knows of it. */
  loan: Loan | undefined;
}

/** One owned slot and its connection, as the model sees them. A slot that is empty has none. */
export class ModelSlot {
  state: SlotStateName = 'connecting';
  /** Of the connection: a slot holds one after the other. */
  name = '';
  isHooked = false;
  debt: Debt | undefined;
  /**
   * May be lent, and is neither idle nor lent: `picked` from the idle ones and found good, or `offered` to those who waited when it came
   * back. Counts as checking.
   */
  promise: 'picked' | 'offered' | undefined;
  /** The hook that runs on it, without an answer yet. */
  check:
    { readonly hook: Hook; readonly ticket: number; readonly deadline: number; readonly wasIdle: boolean } | undefined;
  /** The check that has just ended was made while it was idle. */
  wasIdle = false;
  idleSince = 0;
  lookedAt = 0;
  /** When it was last known to be good. */
  checkedAt = 0;
  /** Higher = became idle later. Where nobody could see just when, it was from `rankFrom` to `rank`. */
  rank = 0;
  rankFrom = 0;
  /** A tick has found it, or one idle for longer, overdue and not to be spared. */
  mayOverstay = false;
  reason = '';
  /** Loans under way; more than one only where connections are shared. */
  loans: ModelLoan[] = [];
  /** Loans that have ended. */
  uses = 0;
  expiresAt = Infinity;
  /** Why it goes as soon as nobody has it. */
  doom: string | undefined;
  /** It is to be sent away by the call under way. */
  dismissed: string | undefined;

  constructor(
    readonly index: number,
    readonly endpoint: number,
  ) {}

  /** It never was more than an attempt. */
  get isAttempt(): boolean {
    return this.name === '';
  }

  get isOpen(): boolean {
    return this.state === 'idle' || this.state === 'lent' || this.state === 'checking';
  }
}
