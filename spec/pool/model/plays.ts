import fc from 'fast-check';
import type { Move, Reactions } from './move.js';
import type { Player } from './player.js';

const nat = fc.nat({ max: 9 });
const endpoint = fc.nat({ max: 2 });
const timeout = fc.constantFrom(0, 1, 50, 50, 50, 300, Infinity, Infinity);
const priority = fc.constantFrom(0, 0, 0, 1, -1);
const at = (
  ...names: ('cancel' | 'release' | 'destroy' | 'detach' | 'finish' | 'hasten' | 'spoil' | 'leak' | 'revoke')[]
) => fc.record({ do: fc.constantFrom(...names), at: nat });
const plain = (...names: ('tick' | 'pass to what is due' | 'close' | 'release all' | 'retire' | 'allocate')[]) =>
  fc.record({ do: fc.constantFrom(...names) });
const wish = fc.option(endpoint, { nil: undefined, freq: 2 });
const borrow = fc.record({ do: fc.constant('borrow' as const), endpoint: wish });
const lose = fc.record({
  do: fc.constant('lose' as const),
  of: fc.constantFrom('idle', 'lent', 'checking', 'closing'),
  at: nat,
});

const wait = (reactions: fc.Arbitrary<Reactions>): fc.Arbitrary<Move> =>
  fc.record({ do: fc.constant('wait' as const), timeout, reactions, asks: fc.boolean(), priority, endpoint: wish });

/** What may be done from within a callback: anything but letting time pass. `self` = the connection just granted. */
function within(reactions: fc.Arbitrary<Reactions>): fc.Arbitrary<Move> {
  const self = fc.record({
    do: fc.constantFrom('release' as const, 'destroy' as const, 'detach' as const),
    at: fc.constant(-1),
  });
  return fc.oneof(
    { weight: 6, arbitrary: self },
    { weight: 5, arbitrary: wait(reactions) },
    { weight: 4, arbitrary: at('cancel') },
    { weight: 3, arbitrary: at('release', 'destroy', 'detach', 'finish') },
    { weight: 1, arbitrary: plain('release all') },
    { weight: 1, arbitrary: borrow },
    { weight: 2, arbitrary: lose },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('accept' as const), at: nat }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('lose' as const), of: fc.constant('lent' as const), at: fc.constant(-1) }),
    },
    { weight: 1, arbitrary: plain('close') },
  );
}

const noReactions = fc.constant<Reactions>({ granted: [], failed: [] });
const reactionsOf = (move: fc.Arbitrary<Move>): fc.Arbitrary<Reactions> =>
  fc.oneof(
    { weight: 3, arbitrary: noReactions },
    {
      weight: 2,
      arbitrary: fc.record({ granted: fc.array(move, { maxLength: 3 }), failed: fc.array(move, { maxLength: 2 }) }),
    },
  );
const inner = within(reactionsOf(within(noReactions)));

/** Any move, the everyday ones more often. */
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: wait(reactionsOf(inner)) },
  { weight: 3, arbitrary: borrow },
  { weight: 4, arbitrary: at('cancel') },
  { weight: 9, arbitrary: at('release') },
  { weight: 2, arbitrary: plain('release all') },
  { weight: 3, arbitrary: at('destroy', 'detach') },
  { weight: 5, arbitrary: at('finish') },
  { weight: 2, arbitrary: at('hasten', 'spoil') },
  { weight: 4, arbitrary: lose },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('accept' as const), at: nat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refuse' as const), at: nat, givesUp: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('answer' as const, 'answer anew' as const),
      at: fc.nat({ max: 50 }),
      ok: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 5, 40, 41, 100, 400, 31_000) }),
  },
  { weight: 5, arbitrary: plain('pass to what is due') },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('oversleep' as const), ms: fc.constantFrom(1, 60, 1_000, 10_000) }),
  },
  { weight: 1, arbitrary: plain('tick') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('gate' as const),
      endpoint,
      isFailing: fc.boolean(),
      turns: fc.constantFrom(0, 1, 2, Infinity),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('give up' as const, 'revive' as const), endpoint }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('hooks' as const), answer: fc.constantFrom(true, false, undefined) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('opens' as const),
      how: fc.constantFrom('later' as const, 'accepted' as const, 'refused' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('closes' as const), atOnce: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('interrupt' as const), by: inner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('warm' as const), n: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: plain('close') },
  { weight: 1, arbitrary: plain('retire') },
  { weight: 1, arbitrary: at('leak', 'revoke') },
  { weight: 2, arbitrary: plain('allocate') },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('write' as const), at: nat, bytes: fc.constantFrom(0, 1, 2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('free' as const), keep: fc.nat({ max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('resize' as const), min: fc.nat({ max: 4 }), max: fc.nat({ max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reset' as const), at: nat, force: fc.boolean(), isOut: fc.boolean() }),
  },
);

class Play implements fc.Command<Player, Player> {
  constructor(private readonly move: Move) {}

  check(player: Player): boolean {
    return player.isPossible(this.move);
  }

  run(_model: Player, player: Player): void {
    player.play(this.move);
  }

  toString(): string {
    return fc.stringify(this.move);
  }
}

export const plays = fc.commands([move.map((one) => new Play(one))], { maxCommands: 120, size: 'max' });
