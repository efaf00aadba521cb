import { readAction } from '#rules/issue-bodies.js';
import type { IssueAction } from '#rules/issue-lifecycle.js';
import { Problem, problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { lockIssues } from './locked.js';
import { readIssue } from './read.js';
import type { IssueView } from './show.js';
import { type Given, type Permitted, perform, permit } from './transition.js';

/** One issue's outcome: what a single action would have answered, as `issue` or as `problem`. */
export type Result =
  | { issueId: string; ok: true; issue: IssueView }
  | { issueId: string; ok: false; problem: ShownProblem };
type ShownProblem = { [member: string]: unknown } & Pick<Problem, 'code' | 'title' | 'status'>;

/**
 * One action on many issues, each for itself: what one refuses leaves the others done. Issues of one unit and inspection
 * share one notice. Results come in the order asked for.
 */
export async function transitionMany(
  ctx: Ctx,
  issueIds: readonly string[],
  given: Given,
): Promise<{ results: Result[] }> {
  // An If-Match names one representation, and there is none of many issues.
  const each: Ctx = { ...ctx, ifMatch: undefined };
  const action = readAction(given);
  const found = await lockIssues(each, issueIds);
  const refused = new Map<string, Problem>();
  for (const id of issueIds) refused.set(id, problem('resource.not_found', '没有这个问题'));

  const permitted: Permitted[] = [];
  for (const issue of found) {
    const one = await attempt(each, () => permit(each, issue, action, given));
    if (one instanceof Problem) refused.set(issue.id, one);
    else permitted.push(one);
  }
  for (const group of groups(permitted, action)) {
    const done = await attempt(each, () => perform(each, group, action));
    for (const { issue } of group) {
      if (done instanceof Problem) refused.set(issue.id, done);
      else refused.delete(issue.id);
    }
  }
  const results: Result[] = [];
  for (const issueId of issueIds) {
    const why = refused.get(issueId);
    results.push(
      why
        ? { issueId, ok: false, problem: shown(why) }
        : { issueId, ok: true, issue: await readIssue(each, issueId) },
    );
  }
  return { results };
}

/** Issues that are done together: for a notice all of one unit and inspection, otherwise each alone. */
function groups(permitted: Permitted[], action: IssueAction): Permitted[][] {
  if (action !== 'issue_notice') return permitted.map((one) => [one]);
  const together = new Map<string, Permitted[]>();
  for (const one of permitted) {
    const place = `${one.issue.unitId}/${one.issue.inspectionId}`;
    together.set(place, [...(together.get(place) ?? []), one]);
  }
  return [...together.values()];
}

/** Runs one part so that its refusal undoes only itself. What is no problem of the catalogue ends the whole request. */
async function attempt<T>(ctx: Ctx, part: () => Promise<T>): Promise<T | Problem> {
  await ctx.em.query('SAVEPOINT part');
  try {
    const done = await part();
    await ctx.em.query('RELEASE SAVEPOINT part');
    return done;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await ctx.em.query('ROLLBACK TO SAVEPOINT part');
    return error;
  }
}

const shown = ({ code, title, status, detail, errors, extra }: Problem): ShownProblem => ({
  ...extra,
  type: `/api/docs/problems#${code}`,
  title,
  status,
  code,
  ...(detail ? { detail } : {}),
  ...(errors ? { errors } : {}),
});
