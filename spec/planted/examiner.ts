import type { Bug } from './bug.js';
import type { Project } from './suite.js';
import type { Verdict } from './verdict.js';
import type { WorkingCopy } from './working-copy.js';

/** The longest that the specs of a hint may run, by project, and the longest that a whole suite may, in ms. */
export const HINT_LIMITS: Readonly<Record<Project, number>> = { unit: 30_000, integration: 60_000 };
export const SUITE_LIMIT = 300_000;

export interface Finding {
  readonly bug: Bug;
  readonly verdict: Verdict;
  /** The hinted specs did not catch it. */
  readonly isHintWrong: boolean;
  readonly seconds: number;
}

export function projectOf(spec: string): Project {
  return spec.startsWith('spec/integration/') ? 'integration' : 'unit';
}

/** The projects that the specs are in, the quicker one first. */
export function projectsOf(specs: readonly string[]): Project[] {
  return (['unit', 'integration'] as const).filter((project) => specs.some((spec) => projectOf(spec) === project));
}

/** Runs the suite against one bug after the other, in a copy of its own. */
export class Examiner {
  constructor(
    private readonly copy: Pick<WorkingCopy, 'plant' | 'restore' | 'run'>,
    /** Specs that are known to pass without a bug. */
    private readonly proven: ReadonlySet<string>,
    private readonly workers: number,
  ) {}

  async examine(bug: Bug): Promise<Finding> {
    const start = performance.now();
    this.copy.plant(bug);
    let verdict = await this.runAll(projectsOf(bug.hints), bug.hints);
    const isHintWrong = verdict.type === 'missed' || verdict.type === 'unclear';
    if (isHintWrong) {
      const wider = await this.runAll([...new Set<Project>(['unit', ...projectsOf(bug.hints)])], []);
      if (wider.type !== 'missed') verdict = wider;
    }
    this.copy.restore();
    if (verdict.type === 'caught' && !this.proven.has(verdict.spec)) verdict = await this.confirm(verdict);
    return { bug, verdict, isHintWrong, seconds: (performance.now() - start) / 1_000 };
  }

  /** The verdict of the first project that has something against the bug. */
  private async runAll(projects: readonly Project[], specs: readonly string[]): Promise<Verdict> {
    let verdict: Verdict = { type: 'missed' };
    for (const project of projects) {
      const own = specs.filter((spec) => projectOf(spec) === project);
      verdict = await this.run(project, own);
      if (verdict.type !== 'missed') break;
    }
    return verdict;
  }

  /** @param specs all of the project when empty */
  private run(project: Project, specs: readonly string[]): Promise<Verdict> {
    const limit = specs.length === 0 ? SUITE_LIMIT : HINT_LIMITS[project];
    return this.copy.run({ project, specs, limit, bail: true, workers: this.workers });
  }

  /** A spec that fails without the bug, too, has caught nothing. */
  private async confirm(caught: Extract<Verdict, { readonly type: 'caught' }>): Promise<Verdict> {
    const { type } = await this.run(projectOf(caught.spec), [caught.spec]);
    return type === 'missed' ? caught : { type: 'unclear', why: `${caught.spec} fails without the bug, too` };
  }
}
