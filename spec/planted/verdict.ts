/** The part of vitest's JSON report that counts here. */
export interface Report {
  readonly testResults: readonly {
    /** The path of the spec. */
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** How a run of the suite ended: by itself, with a report if there is one, or by force after so many ms. */
export type Ending =
  { readonly code: number | null; readonly report: Report | undefined } | { readonly endedAfter: number };

/**
 * - `caught`: a test failed
 * - `late`: the run did not end by itself
 * - `missed`: every test passed
 * - `unclear`: it failed otherwise, as by a file that does not load, which proves nothing about any test
 */
export type Verdict =
  | { readonly type: 'caught'; readonly spec: string; readonly test: string }
  | { readonly type: 'late'; readonly limit: number }
  | { readonly type: 'missed' }
  | { readonly type: 'unclear'; readonly why: string };

export function judge(ending: Ending): Verdict {
  if ('endedAfter' in ending) return { type: 'late', limit: ending.endedAfter };
  const { code, report } = ending;
  if (report === undefined) return { type: 'unclear', why: `no report, exit code ${code}` };
  const specs = report.testResults.map((spec) => ({
    ...spec,
    failed: spec.assertionResults.find(({ status }) => status === 'failed'),
  }));
  // Looked for first: where one file does not load, a test that imports it late fails for the same reason.
  const unloaded = specs.find(({ status, failed }) => status === 'failed' && failed === undefined);
  if (unloaded !== undefined) return { type: 'unclear', why: `${unloaded.name} did not run: ${unloaded.message}` };
  for (const { name, failed } of specs) {
    if (failed !== undefined) return { type: 'caught', spec: name, test: failed.fullName };
  }
  if (code !== 0) return { type: 'unclear', why: `no test failed, exit code ${code}` };
  return specs.some(({ assertionResults }) => assertionResults.length > 0)
    ? { type: 'missed' }
    : { type: 'unclear', why: 'no test ran' };
}
