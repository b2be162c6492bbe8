import { readFileSync } from 'node:fs';

/** How many files, sockets included, this process may have open: `Infinity` if it says unlimited, `undefined` if it does not say. */
export function openFileLimit(): number | undefined {
  return limitIn(fromKernel) ?? limitIn(fromReport);
}

function limitIn(source: () => unknown): number | undefined {
  try {
    const found = source();
    const limit = found === 'unlimited' ? Infinity : Number(found);
    return limit > 0 ? limit : undefined;
  } catch {
    return undefined;
  }
}

/** On Linux, in less than a millisecond. */
function fromKernel(): unknown {
  return /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
}

/** Where there is no `/proc`, in some ten milliseconds. */
function fromReport(): unknown {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const { excludeNetwork = false } = report;
  // It would look up the name of each peer, one after the other.
  report.excludeNetwork = true;
  try {
    const { userLimits } = report.getReport() as { readonly userLimits?: { readonly open_files?: { soft?: unknown } } };
    return userLimits?.open_files?.soft;
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}
