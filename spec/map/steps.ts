/** One step of a path. */
export interface Step {
  readonly path: string;
  readonly name: string;
  /** Below the folder of the project. */
  readonly file: string;
}

const STEP = /^\d+\. `([\w.]+)` — `(src\/[\w/-]+\.ts)` — ./;

/** The steps of all paths on the page. @throws for a numbered line that is none */
export function stepsOn(page: string): Step[] {
  const section = sectionOf(page, 'The paths');
  let path = '';
  const steps: Step[] = [];
  for (const line of section.split('\n')) {
    if (line.startsWith('#')) path = line.replace(/^#+ /, '');
    if (!/^\s*\d+\. /.test(line)) continue;
    const [, name, file] = STEP.exec(line) ?? [];
    if (name === undefined || file === undefined) throw new Error(`no step: ${line}`);
    steps.push({ path, name, file });
  }
  return steps;
}

/** What stands below a heading of the second order. */
export function sectionOf(page: string, heading: string): string {
  const [, section] = page.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`no section ${heading}`);
  return section.split('\n## ')[0]!;
}

/** The files and folders of the project that a page names. */
export function filesNamedOn(page: string): string[] {
  const names = [...page.matchAll(/(?<![\w/.-])(?:src|spec|docs)\/[\w/.-]*[\w/]/g)].map(([name]) => name);
  return [...new Set(names)];
}

/** The pages that a page links to, from where it stands. */
export function linksOn(page: string): string[] {
  return [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
}
