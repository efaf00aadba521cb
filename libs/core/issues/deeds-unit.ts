/** What the inspected unit does. `onBehalf`: the office, for a unit that has no leader in the system. */
import { workingDayAfterOrNull } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import { type Deed, step } from './change.js';
import { givenDeadline } from './deadlines.js';

/** 整改方案 */
export const plan: Deed = (ctx, issue, body, onBehalf) => ({
  reason: body.plan!,
  patch: {
    process: {
      ...issue.process,
      plan: { ...step(ctx, onBehalf), responsiblePerson: body.responsiblePerson!, plan: body.plan! },
    },
  },
});

/** 申辩: the unit's clock rests and the office's runs. */
export const object: Deed = async (ctx, issue, body, onBehalf) => {
  const { officeDays } = (await districtOf(ctx)).settings;
  return {
    reason: body.grounds!,
    patch: {
      status: 'objected',
      officeDueOn: await workingDayAfterOrNull(ctx, ctx.today, officeDays.objection),
      process: {
        ...issue.process,
        objection: {
          ...step(ctx, onBehalf),
          grounds: body.grounds!,
          attachments: body.attachments ?? [],
          from: issue.status,
        },
      },
    },
  };
};

/** 申请延期, to a day later than the present deadline. */
export const requestExtension: Deed = (ctx, issue, body, onBehalf) => {
  const { dueOn } = givenDeadline(ctx, body.dueOn!, issue.dueOn ?? undefined);
  return {
    reason: body.reason!,
    patch: {
      extensionPending: true,
      process: { ...issue.process, extension: { ...step(ctx, onBehalf), reason: body.reason!, dueOn } },
    },
  };
};

/** 申请销号: whether in time is settled now, for good; a pending extension has no object any more. */
export const requestClose: Deed = async (ctx, issue, body, onBehalf) => {
  const { officeDays } = (await districtOf(ctx)).settings;
  return {
    reason: body.measures as string,
    patch: {
      status: 'close_requested',
      closeRequestedAt: ctx.now,
      requestedLate: issue.dueOn !== null && issue.dueOn < ctx.today,
      extensionPending: false,
      officeDueOn: await workingDayAfterOrNull(ctx, ctx.today, officeDays.verify),
      process: {
        ...issue.process,
        rectification: {
          ...step(ctx, onBehalf),
          measures: body.measures as string,
          attachments: body.attachments ?? [],
        },
      },
    },
  };
};

/** 自查办结: the school closes what it found itself. */
export const closeOwn: Deed = (ctx, issue, body, onBehalf) => ({
  reason: body.measures as string,
  patch: {
    status: 'closed',
    closedAt: ctx.now,
    closedBy: ctx.actor.userId,
    process: {
      ...issue.process,
      rectification: {
        ...step(ctx, onBehalf),
        measures: body.measures as string,
        attachments: body.attachments ?? [],
      },
      closing: { ...step(ctx, onBehalf), note: body.measures as string },
    },
  },
});
