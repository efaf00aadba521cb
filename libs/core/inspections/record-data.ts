import type { ResolvedItem } from '#rules/checklist.js';
import {
  failures,
  findingOf,
  INSPECTION_KIND_TEXT,
  stagesOf,
  verdictText,
  visitedOn,
} from '#rules/inspection-result.js';
import { ISSUE_STATUSES, type IssueStatus, type Severity } from '#rules/issue-lifecycle.js';
import { daysText, dayText, localDay, localMinute } from '#rules/local-date.js';
import { judge, observedText } from '#rules/verdict.js';
import { photosAmong } from '../attachments/renditions.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { inNumberOrder } from '../issues/number-order.js';
import { disagreementsOf } from './disagreements.js';
import { checklistOf, findInspection } from './find.js';
import type { Inspection, Signature } from './inspection.entity.js';
import { type AnswerTold, amendmentsOf } from './read.js';
import { listAnswers } from './show.js';

/** ms without an answer after which the team is taken to have left and come again. */
const PAUSE = 2 * 3_600_000;
const SIGNER = { lead: '督导组长', member: '督导成员', unit: '被督导单位负责人' } as const;
const SELF_CHECK_SIGNER = { lead: '自查负责人', member: '自查成员', unit: '单位负责人' } as const;

/**
 * Everything the printed record of an inspection says (督导记录表). Photos and signatures by their SHA-256: who prints it fetches
 * the bytes. @throws resource.not_found
 */
export async function recordData(ctx: Ctx, id: string) {
  const found = await findInspection(ctx, id);
  const { inspection, unit, members } = found;
  const checklist = await checklistOf(ctx, inspection.checklistId);
  const district = await districtOf(ctx);
  const unitStages = stagesOf(unit);
  const { items } = checklist;
  const itemOf = new Map(items.map((item) => [item.itemCode, item]));
  const answers = listAnswers(inspection.answers, items);
  const [{ zone }]: [{ zone: string | null }] = await ctx.em.query(
    `SELECT (SELECT name FROM zones WHERE district_id = $1 AND id = $2) AS zone`,
    [ctx.actor.districtId, unit.zoneId],
  );
  const issues: {
    number: string;
    severity: Severity;
    finding: string;
    dueOn: string | null;
    status: IssueStatus;
  }[] = await ctx.em.query(
    `SELECT number, severity, finding, due_on AS "dueOn", status FROM issues
     WHERE district_id = $1 AND inspection_id = $2 ORDER BY ${inNumberOrder('number')}`,
    [ctx.actor.districtId, id],
  );
  const failed = new Set(failures(items, inspection.answers).map(({ itemCode }) => itemCode));
  const sessions = await sessionsOf(ctx, id);
  // The day of the visit is one everywhere; where sessions lie on several, the record names the first as well.
  const on = inspection.visitedOn ?? visitedOn(inspection.answers) ?? inspection.scheduledOn;
  const lead = members.find((one) => one.id === inspection.leadId)?.name ?? '';
  return {
    unitId: unit.id,
    demo: district.demo,
    issuer: district.settings.documents.issuer,
    unitName: unit.name,
    zone,
    kindTitle: INSPECTION_KIND_TEXT[inspection.kind],
    checklist: `${checklist.title}第${checklist.version}版`,
    inspectedOn: on,
    inspectedDays: daysText(sessions[0] ? localDay(sessions[0].from) : on, on),
    sessions: sessions.map(sessionText),
    lead,
    team: members.filter((one) => one.id !== inspection.leadId).map(({ name }) => name),
    submittedAt: inspection.submittedAt ? localMinute(inspection.submittedAt) : null,
    lateEntry: inspection.lateEntry,
    answers: answers.map((answer) => {
      const item = itemOf.get(answer.itemCode)!;
      const judged = judge(item, answer.measures, unitStages && { unitStages });
      const { verdict, suggestedVerdict: suggested } = answer;
      const judgement = verdict === 'compliant' || verdict === 'non_compliant';
      const overruled = judgement && suggested !== null && suggested !== verdict;
      const observed = judgement ? observedText(item, verdict) : '';
      return {
        itemCode: item.itemCode,
        title: item.title,
        category: item.category,
        verdictTitle: verdictText(item, verdict),
        measured: judged.measuredValue || observed || (judgement ? '未填实测值' : null),
        standard: judged.standardValue,
        note: noteOf(answer.note, overruled ? null : answer.reason),
        overruled: overruled
          ? { suggested: verdictText(item, suggested), reason: answer.reason ?? '' }
          : null,
      };
    }),
    disagreements: await disagreementsOf(ctx, id, inspection.answers, items, localMinute),
    summary: inspection.summary ?? '',
    strengths: inspection.strengths,
    issues: issues.map(({ status, ...issue }) => ({
      ...issue,
      // What was entered here and taken back is still of this record, and must not read as if it stood.
      ended: status === 'withdrawn' || status === 'merged' ? ISSUE_STATUSES[status] : null,
    })),
    foundAgain: await foundAgainOf(ctx, inspection, (code) => itemOf.get(code)?.title ?? code),
    reminders: inspection.dispositions
      .filter(({ as, itemCode }) => as === 'reminder' && failed.has(itemCode))
      .map(({ itemCode, reason }) => ({
        title: findingOf(itemOf.get(itemCode)!, inspection.answers[itemCode]!, unitStages).finding,
        reason: reason ?? '',
      })),
    amendments: (await amendmentsOf(ctx, id, items)).map(({ at, byName, reason, changes }) => ({
      at: localMinute(at),
      by: byName,
      reason,
      changes: changes.map(({ itemCode, before, after }) => {
        const item = itemOf.get(itemCode)!;
        return `${itemCode} ${item.title}：${answerWords(item, before)}→${answerWords(item, after)}`;
      }),
    })),
    signatures: await signaturesOf(ctx, inspection, lead),
    photos: await photosOf(
      ctx,
      answers.flatMap(({ itemCode, attachments, effectiveAt }) =>
        attachments.map((sha256) => ({
          sha256,
          caption: `${itemCode} ${itemOf.get(itemCode)!.title}`,
          noted: `填报时间：${localMinute(new Date(effectiveAt))}`,
        })),
      ),
    ),
  };
}

/** What was written beside an answer; a reason is named as such only where it follows a note. */
const noteOf = (note: string | null, reason: string | null): string | null =>
  note && reason ? `${note}；理由：${reason}` : note || reason || null;

type Session = { from: Date; to: Date };

/** When the team was there, as its answers tell. */
async function sessionsOf(ctx: Ctx, id: string): Promise<Session[]> {
  const rows: { at: Date }[] = await ctx.em.query(
    `SELECT DISTINCT effective_at AS at FROM answer_operations
     WHERE district_id = $1 AND inspection_id = $2 AND outcome <> 'rejected' AND amendment IS NULL ORDER BY 1`,
    [ctx.actor.districtId, id],
  );
  const sessions: Session[] = [];
  for (const { at } of rows) {
    const last = sessions.at(-1);
    if (last && at.getTime() - last.to.getTime() <= PAUSE) last.to = at;
    else sessions.push({ from: at, to: at });
  }
  return sessions;
}

/** 9月8日 8:00—11:30; over midnight 11月22日 23:10—11月23日 0:30. */
function sessionText({ from, to }: Session): string {
  const day = (at: Date) => dayText(localDay(at)).slice(5);
  const time = (at: Date) => localMinute(at).slice(11).replace(/^0/, '');
  const start = `${day(from)} ${time(from)}`;
  if (day(from) !== day(to)) return `${start}—${day(to)} ${time(to)}`;
  return time(from) === time(to) ? start : `${start}—${time(to)}`;
}

/** 不达标（六年级每天75分钟）; 未填 where there was no answer. */
function answerWords(item: ResolvedItem, answer: AnswerTold | null): string {
  if (!answer) return '未填';
  const { measuredValue } = judge(item, answer.measures);
  return verdictText(item, answer.verdict) + (measuredValue ? `（${measuredValue}）` : '');
}

/** Failed items that joined an issue already in the ledger, with its number. */
async function foundAgainOf(
  ctx: Ctx,
  { dispositions }: Inspection,
  titleOf: (itemCode: string) => string,
): Promise<{ title: string; number: string }[]> {
  const joined = dispositions.filter(({ as, issueId }) => as === 'found_again' && issueId);
  if (joined.length === 0) return [];
  const rows: { id: string; number: string }[] = await ctx.em.query(
    `SELECT id, number FROM issues WHERE district_id = $1 AND id = ANY($2)`,
    [ctx.actor.districtId, joined.map(({ issueId }) => issueId)],
  );
  const numberOf = new Map(rows.map(({ id, number }) => [id, number]));
  return joined.map(({ itemCode, issueId }) => ({
    title: titleOf(itemCode),
    number: numberOf.get(issueId!) ?? '',
  }));
}

/** Who signed; the lead and the unit have their place on the paper also while they have not. */
async function signaturesOf(ctx: Ctx, { kind, signatures }: Inspection, lead: string) {
  const titles = kind === 'self_check' ? SELF_CHECK_SIGNER : SIGNER;
  const unsigned = (['lead', 'unit'] as const)
    .filter((role) => !signatures.some((one) => one.role === role))
    .map((role): Signature => ({ role, name: role === 'lead' ? lead : '' }));
  const order = ['lead', 'member', 'unit'];
  const all = [...signatures, ...unsigned].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  const pictures = new Set(
    await photosAmong(
      ctx,
      all.flatMap(({ attachment }) => attachment ?? []),
    ),
  );
  return all.map(({ role, name, attachment, signedAt }) => ({
    role: titles[role],
    name,
    signedAt: signedAt ? localMinute(new Date(signedAt)) : null,
    image: attachment && pictures.has(attachment) ? attachment : null,
  }));
}

/** Those of the files that are pictures; a PDF cannot be shown among them. */
async function photosOf<T extends { sha256: string }>(ctx: Ctx, files: T[]): Promise<T[]> {
  if (files.length === 0) return [];
  const pictures = new Set(
    await photosAmong(
      ctx,
      files.map(({ sha256 }) => sha256),
    ),
  );
  return files.filter(({ sha256 }) => pictures.has(sha256));
}
