import type { Rule } from '../endpoint/check-config.js';
import type { BudgetMember } from './budget-member.js';

export interface ReserveOptions {
  /**
   * Whether somebody waits for it now: an idle connection of a member may then be closed for it, and it goes before those that nobody waits
   * for. @default true
   */
  readonly urgent?: boolean | undefined;
  /** Who asks. Requests are granted to one holder after the other, not by who asks most often; those without a holder count as one. */
  readonly holder?: BudgetMember | undefined;
}

export const reserveRules: Readonly<Record<keyof ReserveOptions, Rule>> = {
  urgent: { is: 'boolean' },
  holder: { is: 'object' },
};
