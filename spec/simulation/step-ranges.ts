/** Numbers in rising order, as short as they can be said: `1,4-6`. */
export function sayRanges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length;) {
    let end = i;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end++;
    parts.push(end === i ? String(numbers[i]) : `${String(numbers[i])}-${String(numbers[end])}`);
    i = end + 1;
  }
  return parts.join(',');
}

/** @throws TypeError for what is no such list */
export function readRanges(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined)
      throw new TypeError(`--keep must be numbers and ranges such as 1,4-6, got ${JSON.stringify(part)}`);
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
  });
}
