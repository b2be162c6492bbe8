import { of } from 'rxjs';
import { FrameMalformedError, FrameTruncatedError } from 'rxpool/protocol';
import { describe, expect, it } from 'vitest';
import { RedisError, resp3, type RedisFrame } from './resp3.js';

function read(text: string, size = text.length): RedisFrame[] {
  const bytes = new TextEncoder().encode(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.slice(i * size, (i + 1) * size),
  );
  const seen: RedisFrame[] = [];
  of(...chunks)
    .pipe(resp3)
    .subscribe((frame) => seen.push(frame));
  return seen;
}

const all: readonly [text: string, value: unknown][] = [
  ['+OK\r\n', 'OK'],
  ['-WRONGTYPE no\r\n', new RedisError('WRONGTYPE no')],
  [':-42\r\n', -42],
  ['$7\r\ngr\u00f6\r\n!\r\n', 'gr\u00f6\r\n!'],
  ['$0\r\n\r\n', ''],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['_\r\n', null],
  ['#t\r\n', true],
  ['#f\r\n', false],
  [',1.5\r\n', 1.5],
  [',-inf\r\n', -Infinity],
  ['(12345678901234567890\r\n', 12345678901234567890n],
  ['!9\r\nERR wrong\r\n', new RedisError('ERR wrong')],
  ['=8\r\ntxt:text\r\n', 'text'],
  ['*3\r\n:1\r\n*1\r\n+two\r\n$5\r\nthree\r\n', [1, ['two'], 'three']],
  ['*0\r\n', []],
  ['~2\r\n+a\r\n+b\r\n', new Set(['a', 'b'])],
  [
    '%2\r\n+a\r\n:1\r\n+b\r\n*0\r\n',
    new Map<string, unknown>([
      ['a', 1],
      ['b', []],
    ]),
  ],
  ['|1\r\n+ttl\r\n:1\r\n+value\r\n', 'value'],
];

describe('RESP3', () => {
  it.each(all)('reads %j', (text, value) => {
    expect(read(text)).toEqual([{ isPush: false, value }]);
    expect(read(text, 1)).toEqual([{ isPush: false, value }]);
  });

  it('tells pushes from answers', () => {
    expect(read('>2\r\n+message\r\n+hi\r\n:1\r\n')).toEqual([
      { isPush: true, value: ['message', 'hi'] },
      { isPush: false, value: 1 },
    ]);
  });

  it.each([1, 2, 3, 7, 50])('reads the same in pieces of %d bytes', (size) => {
    const text = all.map(([one]) => one).join('');
    expect(read(text, size).map(({ value }) => value)).toEqual(all.map(([, value]) => value));
  });

  it.each<[string, string, unknown]>([
    ['what it does not know', '?1\r\n', FrameMalformedError],
    ['a number that is none', '$x\r\n', Error],
    ['a negative length', '$-2\r\n', Error],
    ['what is nested too deeply', '*1\r\n'.repeat(100), FrameMalformedError],
    ['an end in the middle', '$5\r\nab', FrameTruncatedError],
  ])('errors for %s', (_what, text, type) => {
    let error: unknown;
    of(new TextEncoder().encode(text))
      .pipe(resp3)
      .subscribe({ error: (one: unknown) => (error = one) });
    expect(error).toBeInstanceOf(type);
  });

  it('writes commands', () => {
    expect(new TextDecoder().decode(resp3.encode(['SET', 'k', 'gr\u00f6\u00df']))).toBe(
      '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\ngr\u00f6\u00df\r\n',
    );
  });
});
