import { addWorkingDays, workingDaysBetween } from '#rules/calendar.js';
import type { Mode, Severity } from '#rules/issue-lifecycle.js';
import { type Day, dayText } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import { calendarsOf, workingDayAfter } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';

/** A deadline with the words that explain it. */
export type Deadline = { dueOn: Day; explanation: string };

/** A deadline that somebody typed: always possible, as long as it lies ahead. @throws issue.due_not_after (400) */
export function givenDeadline(ctx: Ctx, dueOn: Day, later: Day = ctx.today, pointer = '/dueOn'): Deadline {
  if (dueOn > ctx.today && dueOn > later) return { dueOn, explanation: `${dayText(dueOn)}，由办理人指定` };
  const than = later > ctx.today ? `原期限（${dayText(later)}）` : `今天（${dayText(ctx.today)}）`;
  throw problem('issue.due_not_after', {
    detail: `期限应当在${than}之后`,
    errors: [{ pointer, code: 'issue.due_not_after', message: `应当在${than}之后` }],
  });
}

/** Working days allowed by severity, or for 立行立改, from today. @throws calendar.beyond_horizon (422) */
export async function defaultDeadline(ctx: Ctx, severity: Severity, mode: Mode): Promise<Deadline> {
  const { daysAllowed } = (await districtOf(ctx)).settings;
  return workingDayAfter(
    ctx,
    ctx.today,
    mode === 'immediate' ? daysAllowed.immediate : daysAllowed[severity],
  );
}

/**
 * The deadline after the office had the matter in hand since `from`: the working days it took are added back, for
 * the office's time is never charged to the unit. @throws calendar.beyond_horizon (422), which asks for a date
 */
export async function deadlineAddedBack(ctx: Ctx, dueOn: Day, from: Day): Promise<Deadline> {
  const calendars = await calendarsOf(ctx);
  const took = workingDaysBetween(from, ctx.today, calendars);
  const moved = took.ok && took.days > 0 ? addWorkingDays(dueOn, took.days, calendars) : took;
  if (!moved.ok) {
    throw problem('calendar.beyond_horizon', {
      detail: `没有 ${moved.neededYear} 年的工作日历，无法顺延期限，请直接填写期限日期`,
      errors: [{ pointer: '/dueOn', code: 'calendar.beyond_horizon', message: '请直接填写期限日期' }],
      extra: { neededYear: moved.neededYear },
    });
  }
  if (!('dueOn' in moved)) return { dueOn, explanation: `${dayText(dueOn)}，办理未占用工作日，期限不变` };
  return {
    dueOn: moved.dueOn,
    explanation: `原期限 ${dayText(dueOn)}，督导机构办理占用的 ${took.ok ? took.days : 0} 个工作日予以顺延：${moved.explanation}`,
  };
}
