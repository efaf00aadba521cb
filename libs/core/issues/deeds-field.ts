/** What inspectors and zone officers do at the unit: 立行立改, 核验, 退回. */
import type { Role } from '#rules/actor.js';
import { missingField, missingFields } from '#rules/issue-bodies.js';
import { MAY_CLOSE } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import type { Measure } from '#rules/measures.js';
import { remeasureRefusal } from '#rules/remeasure.js';
import { photosAmong } from '../attachments/renditions.js';
import { active } from '../directory/active.js';
import { workingDayAfterOrNull } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { type Deed, step } from './change.js';
import { type Deadline, deadlineAddedBack, defaultDeadline, givenDeadline } from './deadlines.js';
import type { Issue } from './issue.entity.js';
import { remeasuredBy } from './items.js';
import { verifiersOf } from './standing.js';

const closeBy = async (ctx: Ctx) =>
  workingDayAfterOrNull(ctx, ctx.today, (await districtOf(ctx)).settings.officeDays.close);

/**
 * 立行立改: put right before the lead's eyes; the lead counts as verifier, so somebody else closes. A serious issue, too:
 * who closes one is the office head or the bureau leader.
 */
export const resolveOnSite: Deed = async (ctx, issue, body) => {
  await requireBothPictures(ctx, issue, body.attachments!);
  return {
    reason: body.note!,
    patch: {
      status: 'verified',
      mode: 'immediate',
      verifiedAt: ctx.now,
      verifiedBy: ctx.actor.userId,
      officeDueOn: await closeBy(ctx),
      process: {
        ...issue.process,
        verification: { ...step(ctx), finding: body.note!, method: 'spot', attachments: body.attachments! },
      },
    },
  };
};

/** The picture before is the failed answer's as a rule, which the issue has already; those given are attached by now. */
async function requireBothPictures(ctx: Ctx, issue: Issue, given: readonly string[]): Promise<void> {
  const attached: { sha256: string }[] = await ctx.em.query(
    `SELECT sha256 FROM attachment_links WHERE district_id = $1 AND subject_type = 'issue' AND subject_id = $2`,
    [issue.districtId, issue.id],
  );
  const pictures = await photosAmong(
    ctx,
    attached.map(({ sha256 }) => sha256),
  );
  if (pictures.length >= 2 && given.some((hash) => pictures.includes(hash))) return;
  throw missingFields(missingField('attachments', '立行立改须有整改前、后的照片'));
}

/** 核验. Serious issues: on site or measured again, by two. Figures measured again meet the limit, or nothing is verified. */
export const verify: Deed = async (ctx, issue, body) => {
  if (issue.severity === 'serious') {
    const unmet = [
      ...(body.method === 'documents' ? [missingField('method', '严重问题须实地核验或复测')] : []),
      ...(body.coVerifierId ? [] : [missingField('coVerifierId', '严重问题须有第二核验人')]),
    ];
    if (unmet.length) throw missingFields(...unmet);
  }
  const measures = (body.measures ?? []) as Measure[];
  if (measures.length > 0 || body.method === 're_measurement') {
    const refusal = remeasureRefusal(body.method!, measures, await remeasuredBy(ctx, issue));
    if (refusal) throw refusal;
  }
  const second = body.coVerifierId ? await coVerifier(ctx, issue, body.coVerifierId) : {};
  return {
    reason: body.finding!,
    patch: {
      status: 'verified',
      verifiedAt: ctx.now,
      verifiedBy: ctx.actor.userId,
      officeDueOn: await closeBy(ctx),
      process: {
        ...issue.process,
        verification: {
          ...step(ctx),
          finding: body.finding!,
          method: body.method!,
          ...second,
          ...(measures.length > 0 ? { measures } : {}),
          attachments: body.attachments ?? [],
        },
      },
    },
  };
};

/** Who may be the second verifier where nobody of the line before can: the next line is asked only then. */
const STAND_INS: readonly (readonly Role[])[] = [['bureau_leader'], ['office_head', 'office_staff']];

/**
 * The second verifier: another person who could verify here; where there is no other, the bureau leader; where the leader is
 * the first already, one of the office. Never of the unit, nor who asked for the close-out.
 * @throws issue.missing_field (400) for anybody else, and for a stand-in after whom nobody could close
 */
async function coVerifier(ctx: Ctx, issue: Issue, id: string) {
  let eligible: Second[] = await ctx.em.query(
    `SELECT v.id, v.name, v.roles FROM issues i, LATERAL (SELECT v.id, v.name, v.roles ${verifiersOf('$3::date')}) v
     WHERE i.district_id = $1 AND i.id = $2 AND v.id <> $4`,
    [issue.districtId, issue.id, ctx.today, ctx.actor.userId],
  );
  const standIns = eligible.length === 0 ? await bureauAndOffice(ctx, issue) : [];
  for (const line of STAND_INS) {
    if (eligible.length > 0) break;
    eligible = standIns.filter(({ roles }) => roles.some((role) => line.includes(role)));
  }
  const found = eligible.find((person) => person.id === id);
  if (!found) {
    const message = '第二核验人应为另一名有权核验该单位的在职人员，且不属于该单位、未申请销号';
    throw missingFields(missingField('coVerifierId', message));
  }
  const mayClose = ({ roles }: Second) => roles.some((role) => MAY_CLOSE[issue.severity].includes(role));
  if (standIns.length > 0 && !standIns.some((other) => other.id !== id && mayClose(other))) {
    const message = `${found.name}核验后再无他人可以销号，请另选第二核验人`;
    throw missingFields(missingField('coVerifierId', message));
  }
  return { coVerifierId: found.id, coVerifierName: found.name };
}

type Second = { id: string; name: string; roles: Role[] };

/** Everybody of bureau and office but the actor, who belongs to the unit and who asked for the close-out. */
const bureauAndOffice = (ctx: Ctx, issue: Issue): Promise<Second[]> =>
  ctx.em.query(
    `SELECT u.id, u.name, u.roles FROM users u WHERE u.district_id = $1 AND u.roles && $6 AND ${active('u', '$2')}
       AND u.unit_id IS DISTINCT FROM $3 AND u.id <> $4 AND u.id IS DISTINCT FROM $5`,
    [
      issue.districtId,
      ctx.today,
      issue.unitId,
      ctx.actor.userId,
      issue.process.rectification?.by ?? null,
      STAND_INS.flat(),
    ],
  );

/** 退回: back to the unit, with the working days added back that the office had it, or a date of its own. */
export const returnIssue: Deed = async (ctx, issue, body) => {
  const { dueOn, explanation } = await dueAfterReturn(ctx, issue, body.dueOn);
  // The verification is undone with the return: it neither stands on the form nor keeps its verifiers from closing later.
  const { verification: _, ...kept } = issue.process;
  return {
    reason: body.reason!,
    patch: {
      status: 'rectifying',
      returnCount: issue.returnCount + 1,
      dueOn,
      originalDueOn: issue.originalDueOn ?? dueOn,
      requestedLate: false,
      closeRequestedAt: null,
      verifiedAt: null,
      verifiedBy: null,
      officeDueOn: null,
      process: {
        ...kept,
        dueExplanation: explanation,
        return: { ...step(ctx), reason: body.reason! },
      },
    },
  };
};

function dueAfterReturn(ctx: Ctx, issue: Issue, given?: string): Promise<Deadline> | Deadline {
  if (given) return givenDeadline(ctx, given);
  // What was put right on the spot never had a deadline; returned, it gets the one of its mode (立行立改).
  if (issue.dueOn === null) return defaultDeadline(ctx, issue.severity, issue.mode ?? 'time_limited');
  return deadlineAddedBack(ctx, issue.dueOn, officeSince(issue) ?? ctx.today);
}

/** The day from which the office had the matter this time: close-out asked for, or referred and settled without asking. */
function officeSince(issue: Issue): Day | undefined {
  if (issue.closeRequestedAt) return localDay(issue.closeRequestedAt);
  const { referral } = issue.process;
  return referral?.result?.outcome === 'resolved' ? localDay(new Date(referral.at)) : undefined;
}
