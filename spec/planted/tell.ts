import type { Finding } from './examiner.js';

export function isCaught({ verdict }: Finding): boolean {
  return verdict.type === 'caught' || verdict.type === 'late';
}

/** By what a bug was caught, or why it does not count as caught. */
export function tell({ verdict, isHintWrong }: Finding): string {
  switch (verdict.type) {
    case 'caught':
      return `${verdict.spec} > ${verdict.test}${isHintWrong ? ' (NOT BY ITS HINT)' : ''}`;
    case 'late':
      return `the time limit: timed out after ${verdict.limit / 1_000} s${isHintWrong ? ' (NOT IN ITS HINT)' : ''}`;
    case 'missed':
      return 'NOTHING';
    case 'unclear':
      return `NO TEST: ${verdict.why}`;
  }
}

/** One line for each bug, in the order given, and the sum. */
export function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ bug }) => bug.name.length));
  const rows = findings.map((finding) => {
    const { bug, seconds } = finding;
    return `${isCaught(finding) ? 'ok  ' : 'MISS'} ${bug.name.padEnd(width)} ${seconds.toFixed(1).padStart(6)} s  ${tell(finding)}`;
  });
  const caught = findings.filter(isCaught).length;
  return [...rows, '', `${caught} of ${findings.length} planted bugs caught`].join('\n');
}
