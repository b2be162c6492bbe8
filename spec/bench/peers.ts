import { createPool as createGenericPool } from 'generic-pool';
import { Pool as LightningPool } from 'lightning-pool';
import { Observable, type Subscriber } from 'rxjs';
import { Pool as TarnPool } from 'tarn';
import { createPool, transport, type Pool } from './subject.js';

/** What every pool here is given; else each runs with its defaults. */
export const MAX = 10;

/** What is pooled where no socket is. */
export interface Thing {
  readonly id: number;
}

export function things(): () => Thing {
  let id = 0;
  return () => ({ id: id++ });
}

/** A pool of ours over plain objects. */
export function rxpoolOfThings(maxWaiting = 10_000): Pool<Thing> {
  const create = things();
  return createPool(
    transport(() => new Observable<Thing>((subscriber) => subscriber.next(create()))),
    {
      ...{ min: MAX, max: MAX, maxWaiting },
    },
  );
}

/** The face that the other pools have. */
export interface AwaitedPool<T> {
  acquire(): Promise<T>;
  release(resource: T): void;
}

/** The peers, each filled before it is handed over. */
export async function genericPool<T>(create: () => T | Promise<T>): Promise<AwaitedPool<T>> {
  const pool = createGenericPool<T>({ create: async () => create(), destroy: async () => {} }, { min: MAX, max: MAX });
  // Its promise is not awaited: a resource is back before `release` returns, so that its users need not either.
  return filled({ acquire: () => pool.acquire(), release: (resource) => void pool.release(resource) });
}

export async function tarn<T>(create: () => T | Promise<T>): Promise<AwaitedPool<T>> {
  const pool = new TarnPool<T>({ create: (async () => create()) as never, destroy: () => {}, min: MAX, max: MAX });
  return filled({
    acquire: () => pool.acquire().promise,
    release: (resource) => void pool.release(resource),
  });
}

export async function lightningPool<T>(create: () => T | Promise<T>): Promise<AwaitedPool<T>> {
  const pool = new LightningPool<T>(
    { create: async () => create(), destroy: () => {} },
    { min: MAX, max: MAX, maxQueue: 1_000_000 },
  );
  return filled({
    acquire: () => pool.acquire(),
    release: (resource) => {
      pool.release(resource);
    },
  });
}

async function filled<T>(pool: AwaitedPool<T>): Promise<AwaitedPool<T>> {
  const all = await Promise.all(Array.from({ length: MAX }, () => pool.acquire()));
  for (const resource of all) pool.release(resource);
  return pool;
}

interface Node<T> {
  readonly subscriber: Subscriber<T>;
  before: Node<T> | undefined;
  after: Node<T> | undefined;
  queued: boolean;
}

/** The least that a queueing pool can be: a stack, and a linked list of those who wait, behind an Observable. */
export class ListFloor<T> {
  private head: Node<T> | undefined;
  private tail: Node<T> | undefined;
  private draining = false;

  constructor(private readonly stack: T[]) {}

  readonly source: Observable<T> = new Observable<T>((subscriber) => {
    const resource = this.stack.pop();
    if (resource !== undefined) {
      subscriber.next(resource);
      subscriber.complete();
      return undefined;
    }
    const node: Node<T> = { subscriber, before: this.tail, after: undefined, queued: true };
    if (this.tail === undefined) this.head = node;
    else this.tail.after = node;
    this.tail = node;
    return () => {
      this.unlink(node);
    };
  });

  release(resource: T): void {
    this.stack.push(resource);
    if (this.draining) return;
    this.draining = true;
    while (this.head !== undefined && this.stack.length > 0) {
      const { head } = this;
      this.unlink(head);
      head.subscriber.next(this.stack.pop()!);
      head.subscriber.complete();
    }
    this.draining = false;
  }

  private unlink(node: Node<T>): void {
    if (!node.queued) return;
    node.queued = false;
    if (node.before === undefined) this.head = node.after;
    else node.before.after = node.after;
    if (node.after === undefined) this.tail = node.before;
    else node.after.before = node.before;
  }
}
