/** What the office and the bureau decide. */
import { ESCALATION_ORDER, graver, isOpen } from '#rules/issue-lifecycle.js';
import { dayText, localDay } from '#rules/local-date.js';
import { isOrderStep } from '#rules/orders.js';
import { invalid, problem } from '#rules/problems.js';
import { workingDayAfterOrNull } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { makeOrder } from '../orders/make-order.js';
import { changeIssue, type Deed, step } from './change.js';
import { type Deadline, deadlineAddedBack, defaultDeadline, givenDeadline } from './deadlines.js';
import type { Issue } from './issue.entity.js';
import { lockIssues } from './locked.js';

/** 维持原认定: back where it was, with the working days added back that the decision took. */
export const uphold: Deed = async (ctx, issue, body) => {
  const objection = issue.process.objection!;
  const back = await dueAfter(ctx, issue, objection.at, body.dueOn, objection.from === 'rectifying');
  return {
    reason: body.note!,
    patch: {
      status: objection.from,
      officeDueOn: null,
      ...(back ? { dueOn: back.dueOn } : {}),
      process: {
        ...issue.process,
        ...(back ? { dueExplanation: back.explanation } : {}),
        objection: { ...objection, decision: { ...step(ctx), outcome: 'upheld', note: body.note! } },
      },
    },
  };
};

/** The deadline when the unit has the matter again; null where none was running. @throws request.invalid for a date where none was */
async function dueAfter(
  ctx: Ctx,
  issue: Issue,
  since: string,
  given: string | undefined,
  running: boolean,
): Promise<Deadline | null> {
  if (!running) {
    if (given)
      throw invalid({ pointer: '/dueOn', code: 'no_deadline', message: '尚未下发整改通知书，没有期限可定' });
    return null;
  }
  if (given) return givenDeadline(ctx, given);
  if (issue.dueOn === null) return defaultDeadline(ctx, issue.severity, issue.mode);
  return deadlineAddedBack(ctx, issue.dueOn, localDay(new Date(since)));
}

/** 采纳申辩: the issue is withdrawn. */
export const acceptObjection: Deed = (ctx, issue, body) => ({
  reason: body.note!,
  patch: {
    status: 'withdrawn',
    officeDueOn: null,
    extensionPending: false,
    process: {
      ...issue.process,
      objection: {
        ...issue.process.objection!,
        decision: { ...step(ctx), outcome: 'accepted', note: body.note! },
      },
    },
  },
});

/** 同意延期, to the day asked for or another that the office names; the original deadline stays on record. */
export const grantExtension: Deed = (ctx, issue, body) => {
  const extension = issue.process.extension!;
  const { dueOn } = givenDeadline(ctx, body.dueOn ?? extension.dueOn, issue.dueOn ?? undefined);
  return {
    reason: body.note!,
    patch: {
      dueOn,
      extensionPending: false,
      extensionCount: issue.extensionCount + 1,
      process: {
        ...issue.process,
        dueExplanation: `经批准延期至${dayText(dueOn)}`,
        extension: { ...extension, decision: { ...step(ctx), outcome: 'granted', note: body.note!, dueOn } },
      },
    },
  };
};

export const refuseExtension: Deed = (ctx, issue, body) => ({
  reason: body.note!,
  patch: {
    extensionPending: false,
    process: {
      ...issue.process,
      extension: {
        ...issue.process.extension!,
        decision: { ...step(ctx), outcome: 'refused', note: body.note! },
      },
    },
  },
});

/** 销号: closed stays closed. */
export const close: Deed = (ctx, issue, body) => ({
  reason: body.note!,
  patch: {
    status: 'closed',
    closedAt: ctx.now,
    closedBy: ctx.actor.userId,
    officeDueOn: null,
    process: { ...issue.process, closing: { ...step(ctx), note: body.note! } },
  },
});

/** 移交 to the department in charge. */
export const refer: Deed = (ctx, issue, body) => ({
  reason: body.reason!,
  patch: {
    status: 'referred',
    extensionPending: false,
    process: {
      ...issue.process,
      referral: { ...step(ctx), department: body.department!, reason: body.reason! },
    },
  },
});

/** 移交办结: resolved counts as verified (somebody else closes); sent back goes to the unit with its time added back. */
export const settleReferral: Deed = async (ctx, issue, body) => {
  const referral = issue.process.referral!;
  const resolved = body.outcome === 'resolved';
  const result = {
    ...step(ctx),
    outcome: body.outcome!,
    note: body.note!,
    attachments: body.attachments ?? [],
  };
  const process = { ...issue.process, referral: { ...referral, result } };
  if (resolved) {
    const { officeDays } = (await districtOf(ctx)).settings;
    return {
      reason: body.note!,
      patch: {
        status: 'verified',
        verifiedAt: ctx.now,
        verifiedBy: ctx.actor.userId,
        officeDueOn: await workingDayAfterOrNull(ctx, ctx.today, officeDays.close),
        process,
      },
    };
  }
  const back = (await dueAfter(ctx, issue, referral.at, body.dueOn, true))!;
  return {
    reason: body.note!,
    patch: {
      status: 'rectifying',
      dueOn: back.dueOn,
      originalDueOn: issue.originalDueOn ?? back.dueOn,
      process: { ...process, dueExplanation: back.explanation },
    },
  };
};

/** 调整等级: the grade given at registration and the deadline stay. */
export const regrade: Deed = (_ctx, issue, body) => {
  if (body.severity === issue.severity) {
    throw invalid({ pointer: '/severity', code: 'unchanged', message: '已是这一等级' });
  }
  return { reason: body.reason!, patch: { severity: body.severity! } };
};

/** 归并 into another open issue of the same unit and list. @throws issue.merge_target_invalid (400) */
export const merge: Deed = async (ctx, issue, body) => {
  const [into] = body.intoIssueId === issue.id ? [] : await lockIssues(ctx, [body.intoIssueId!]);
  const fits = into && into.unitId === issue.unitId && into.source !== 'self_check' && isOpen(into.status);
  if (!fits) {
    throw problem('issue.merge_target_invalid', {
      detail: '只能归并到同一单位另一个尚未办结的问题',
      errors: [
        {
          pointer: '/intoIssueId',
          code: 'issue.merge_target_invalid',
          message: '应为同一单位尚未办结的问题',
        },
      ],
    });
  }
  await changeIssue(ctx, into, {}, { action: 'absorb', data: { issueId: issue.id, of: issue.number } });
  return {
    reason: `归并到 ${into.number}`,
    patch: { status: 'merged', mergedInto: into.id },
    data: { into: into.number },
  };
};

/** 认定反弹: same cause, said by a person; one step graver, `severityGiven` kept. */
export const confirmRecurrence: Deed = (ctx, issue, body) => ({
  reason: body.note!,
  patch: {
    recurrenceConfirmed: true,
    severity: graver(issue.severity),
    process: { ...issue.process, recurrence: { ...step(ctx), note: body.note! } },
  },
});

/** 升级, upwards only; 督办 and 约谈 are told by an order of their own. @throws issue.escalation_not_upwards (409) */
export const escalate: Deed = async (ctx, issue, body) => {
  const next = body.step!;
  if (issue.escalation && ESCALATION_ORDER.indexOf(next) <= ESCALATION_ORDER.indexOf(issue.escalation)) {
    throw problem('issue.escalation_not_upwards', {
      detail: '只能升到更高一级的措施',
      extra: { escalation: issue.escalation },
    });
  }
  const told = isOrderStep(next)
    ? { order: await makeOrder(ctx, issue, { step: next, note: body.note!, dueOn: body.dueOn }) }
    : {};
  if (body.dueOn && !('order' in told)) {
    throw invalid({ pointer: '/dueOn', code: 'not_used', message: '只有督办和约谈可以写明办结日期' });
  }
  return {
    reason: body.note!,
    data: { step: next, ...told },
    patch: {
      escalation: next,
      process: {
        ...issue.process,
        escalations: [
          ...(issue.process.escalations ?? []),
          { ...step(ctx), step: next, note: body.note!, ...told },
        ],
      },
    },
  };
};

/** 撤销 */
export const withdraw: Deed = (_ctx, _issue, body) => ({
  reason: body.reason!,
  patch: { status: 'withdrawn', extensionPending: false, officeDueOn: null },
});
