import type { PoolEvent } from '../../src/index.js';
import { rule } from './breach.js';

/** What the events have said of a slot. */
interface SlotStory {
  state: 'empty' | 'connecting' | 'open' | 'ending';
  /** Loans under way. */
  loans: number;
  /** It was told to take no further connection. */
  isOut: boolean;
}

type SlotEvent = Extract<PoolEvent, { readonly slot: number }>;

/** Follows each slot through its events, of which each must follow from the one before. */
export class SlotStories {
  /** Connections that were detached or left; there are more such events where one had several borrowers. */
  detached = 0;
  private readonly stories: SlotStory[] = [];

  constructor(private readonly concurrency: number) {}

  /** Whether the slot is to take no further connection. */
  isOut(slot: number): boolean {
    return this.stories[slot]?.isOut === true;
  }

  get hasClosedSlots(): boolean {
    return this.stories.some(({ isOut }) => isOut);
  }

  /** The slot is to take no further connection. */
  takeOut(slot: number): void {
    this.at(slot).isOut = true;
  }

  follow(event: SlotEvent): void {
    const story = this.at(event.slot);
    const { state, loans } = story;
    const follows = this.mayFollow(event, story);
    rule(follows, 'an event follows from the one before', () => `${event.type} while ${state}, ${loans} loans`);
    switch (event.type) {
      case 'connecting':
        rule(!story.isOut, 'a closed slot takes no further connection');
        story.state = 'connecting';
        break;
      case 'opened':
        story.state = 'open';
        break;
      case 'borrowed':
        story.loans++;
        rule(story.loans <= this.concurrency, 'never more than concurrency borrowers on one socket');
        break;
      case 'released':
        story.loans--;
        break;
      case 'destroyed':
        story.loans--;
        if (story.loans === 0) story.state = 'ending';
        break;
      case 'detached':
        story.loans--;
        if (story.loans > 0) break;
        this.detached++;
        story.state = 'empty';
        break;
      case 'failed':
      case 'lost':
      case 'closed':
        story.state = 'empty';
        story.loans = 0;
        break;
      case 'leaked':
      case 'leftover':
    }
  }

  /** What the slots are now must be what was told. */
  check(slots: readonly { readonly state: string }[]): void {
    for (const [i, { state: told, loans }] of this.stories.entries()) {
      const state = slots[i]?.state ?? 'empty';
      rule(
        places({ told, loans }).includes(state),
        'the events tell what has become of each slot',
        () => `slot ${i} is ${state}, told ${told} with ${loans} loans`,
      );
    }
  }

  private at(slot: number): SlotStory {
    return (this.stories[slot] ??= { state: 'empty', loans: 0, isOut: false });
  }

  private mayFollow({ type }: SlotEvent, { state, loans }: SlotStory): boolean {
    switch (type) {
      case 'connecting':
        // An attempt that was given up is not told of.
        return state === 'empty' || state === 'connecting';
      case 'failed':
      case 'opened':
        return state === 'connecting';
      case 'borrowed':
      case 'lost':
        return state === 'open';
      case 'released':
      case 'destroyed':
      case 'detached':
      case 'leaked':
        return state === 'open' && loans > 0;
      case 'leftover':
        return state === 'open' && loans === 0;
      case 'closed':
        return (state === 'open' || state === 'ending') && loans === 0;
    }
  }
}

function places({ told, loans }: { readonly told: SlotStory['state']; readonly loans: number }): readonly string[] {
  if (loans > 0) return ['lent'];
  if (told === 'open') return ['idle', 'checking', 'closing'];
  if (told === 'ending') return ['closing'];
  return told === 'connecting' ? ['connecting', 'empty', 'closing'] : ['empty'];
}
