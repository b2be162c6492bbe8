/** One thing that happens to a pool. `at` chooses among those there are, modulo how many; -1 is what was granted last. */
export type Move =
  | { readonly do: 'tick' | 'pass to what is due' | 'close' | 'release all' | 'retire' | 'allocate' }
  | { readonly do: 'borrow'; readonly endpoint: number | undefined }
  | Wait
  | {
      readonly do: 'cancel' | 'release' | 'destroy' | 'detach' | 'finish' | 'hasten' | 'spoil' | 'leak' | 'revoke';
      readonly at: number;
    }
  | { readonly do: 'reset'; readonly at: number; readonly force: boolean; readonly isOut: boolean }
  | { readonly do: 'write'; readonly at: number; readonly bytes: number }
  | { readonly do: 'free'; readonly keep: number }
  | { readonly do: 'resize'; readonly min: number; readonly max: number }
  | { readonly do: 'lose'; readonly of: 'idle' | 'lent' | 'checking' | 'closing'; readonly at: number }
  | { readonly do: 'accept'; readonly at: number }
  | { readonly do: 'refuse'; readonly at: number; readonly givesUp: boolean }
  | { readonly do: 'answer' | 'answer anew'; readonly at: number; readonly ok: boolean }
  | { readonly do: 'pass' | 'oversleep'; readonly ms: number }
  | { readonly do: 'gate'; readonly endpoint: number; readonly isFailing: boolean; readonly turns: number }
  | { readonly do: 'give up' | 'revive'; readonly endpoint: number }
  | { readonly do: 'hooks'; readonly answer: boolean | undefined }
  | { readonly do: 'opens'; readonly how: 'later' | 'accepted' | 'refused' }
  | { readonly do: 'closes'; readonly atOnce: boolean }
  | { readonly do: 'interrupt'; readonly by: Move }
  | { readonly do: 'warm'; readonly n: number };

export interface Wait {
  readonly do: 'wait';
  readonly timeout: number;
  readonly reactions: Reactions;
  readonly asks: boolean;
  readonly priority: number;
  readonly endpoint: number | undefined;
}

/** What a waiter does from within being told. */
export interface Reactions {
  readonly granted: readonly Move[];
  readonly failed: readonly Move[];
}

export const noReactions: Reactions = { granted: [], failed: [] };
