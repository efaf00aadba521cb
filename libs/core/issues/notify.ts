import type { ActionBody } from '#rules/issue-bodies.js';
import type { Mode } from '#rules/issue-lifecycle.js';
import { type Day, dayText } from '#rules/local-date.js';
import { invalid } from '#rules/problems.js';
import { workingDayAfter } from '../directory/calendars.js';
import type { Ctx } from '../foundation/context.js';
import { makeNotice } from '../notices/issue-notice.js';
import { changeIssue } from './change.js';
import { type Deadline, defaultDeadline, givenDeadline } from './deadlines.js';
import type { Issue } from './issue.entity.js';

/**
 * 下发整改通知书: one notice for issues of one unit and one inspection, served at once. Each line has its own deadline: the
 * date or working days given, the last milestone, or the days allowed by mode and severity.
 * @throws calendar.beyond_horizon (422) where neither is given nor can be computed; issue.due_not_after (400)
 */
export async function notify(ctx: Ctx, issues: Issue[], body: ActionBody): Promise<void> {
  if (body.dueOn && body.workingDays) {
    throw invalid({ pointer: '/workingDays', code: 'either_or', message: '期限日期和工作日数只填一项' });
  }
  const first = issues[0]!;
  const told: { issue: Issue; deadline: Deadline }[] = [];
  const mode = body.mode ?? 'time_limited';
  refuseMilestones(ctx, body, mode);
  for (const issue of issues) {
    const deadline = await deadlineOf(ctx, issue, body);
    refuseMilestones(ctx, body, mode, deadline.dueOn);
    told.push({ issue, deadline });
  }
  const requirements = body.requirements!;
  const noticeId = await makeNotice(
    ctx,
    first,
    told.map(({ issue, deadline }) => ({
      issueId: issue.id,
      number: issue.number,
      category: issue.category,
      finding: issue.finding,
      basis: issue.basis,
      standardValue: issue.standardValue,
      measuredValue: issue.measuredValue,
      requirements,
      dueOn: deadline.dueOn,
      severity: issue.severity,
      mode,
      ...(body.milestones ? { milestones: body.milestones } : {}),
    })),
  );
  for (const { issue, deadline } of told) {
    await changeIssue(
      ctx,
      issue,
      {
        status: 'rectifying',
        noticeId,
        servedOn: ctx.today,
        requirements,
        mode,
        dueOn: deadline.dueOn,
        originalDueOn: deadline.dueOn,
        process: {
          ...issue.process,
          dueExplanation: deadline.explanation,
          ...(body.milestones ? { milestones: body.milestones } : {}),
        },
      },
      { action: 'issue_notice', reason: requirements, data: { noticeId } },
    );
  }
}

async function deadlineOf(ctx: Ctx, issue: Issue, body: ActionBody): Promise<Deadline> {
  if (body.dueOn) return givenDeadline(ctx, body.dueOn);
  if (body.workingDays) return workingDayAfter(ctx, ctx.today, body.workingDays);
  return defaultDeadline(ctx, issue.severity, body.mode ?? 'time_limited');
}

/**
 * Milestones are steps of what takes long (长期坚持), between today and the deadline.
 * @throws request.invalid, issue.due_not_after (400)
 */
function refuseMilestones(ctx: Ctx, { milestones = [] }: ActionBody, mode: Mode, dueOn?: Day): void {
  if (milestones.length > 0 && mode !== 'long_term') {
    const message = '只有“长期坚持”的问题才定阶段目标';
    throw invalid({ pointer: '/milestones', code: 'milestones.mode', message });
  }
  for (const [i, { on }] of milestones.entries()) {
    const pointer = `/milestones/${i}/on`;
    givenDeadline(ctx, on, undefined, pointer);
    if (dueOn && on > dueOn) {
      const message = `阶段目标的日期不能晚于整改期限（${dayText(dueOn)}），需要更长时间的请一并填写整改期限`;
      throw invalid({ pointer, code: 'milestones.after_deadline', message });
    }
  }
}
