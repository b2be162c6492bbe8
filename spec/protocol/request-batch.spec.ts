import { describe, expect, it } from 'vitest';
import { RequestBatch } from '../../src/protocol/request-batch.js';

/** What leaves a socket, and whether it does so in one piece. */
class Paper {
  readonly writable = true;
  readonly writes: (string | number)[] = [];
  readonly corks: string[] = [];

  write(part: Uint8Array | string): void {
    this.writes.push(typeof part === 'string' ? part : part.length);
    this.corks.push('write');
  }

  cork(): void {
    this.corks.push('cork');
  }

  uncork(): void {
    this.corks.push('uncork');
  }
}

function written(...parts: readonly (Uint8Array | string)[]): Paper {
  const batch = new RequestBatch();
  const paper = new Paper();
  for (const part of parts) batch.add(part);
  batch.writeTo(paper);
  return paper;
}

describe('a batch of requests', () => {
  it('is one write where all are text, or all are bytes', () => {
    expect(written('a', 'b', 'c').writes).toEqual(['abc']);
    expect(written(new Uint8Array(3), new Uint8Array(4)).writes).toEqual([7]);
    expect(written('a').corks).toEqual(['write']);
  });

  it('keeps the order of text and bytes, in one piece', () => {
    const { writes, corks } = written('a', 'b', new Uint8Array(1), new Uint8Array(2), 'c', new Uint8Array(3));
    expect(writes).toEqual(['ab', 3, 'c', 3]);
    expect(corks).toEqual(['cork', 'write', 'write', 'write', 'write', 'uncork']);
  });

  it('does not copy what is large', () => {
    expect(written(new Uint8Array(10), new Uint8Array(70_000), new Uint8Array(10)).writes).toEqual([10, 70_000, 10]);
  });

  it('writes nothing where there is nothing', () => {
    expect(written().corks).toEqual([]);
    expect(written('').corks).toEqual([]);
  });

  it('keeps the bytes as they are', () => {
    const parts: (Uint8Array | string)[] = [];
    const batch = new RequestBatch();
    for (let i = 0; i < 5; i++) batch.add(Uint8Array.of(i, i));
    batch.writeTo({ writable: true, write: (part) => parts.push(part), cork: () => {}, uncork: () => {} });
    expect(parts).toEqual([Uint8Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4)]);
    expect(batch.size).toBe(10);
  });
});
