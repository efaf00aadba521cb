import {
  failures,
  findingOf,
  INSPECTION_KIND_TEXT,
  stagesOf,
  verdictText,
} from '#rules/inspection-result.js';
import type { Severity } from '#rules/issue-lifecycle.js';
import { localDay } from '#rules/local-date.js';
import { judge, observedText } from '#rules/verdict.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { checklistOf, findInspection } from './find.js';
import { amendmentsOf } from './read.js';
import { listAnswers } from './show.js';

/** Photos and signatures by their SHA-256: who prints the record fetches the bytes. */
export type RecordData = Awaited<ReturnType<typeof recordData>>;

/** ms without an answer after which the team is taken to have left and come again. */
const PAUSE = 2 * 3_600_000;
const OFFSET = 8 * 3_600_000;
const localMinute = (at: Date): string =>
  new Date(at.getTime() + OFFSET).toISOString().slice(0, 16).replace('T', ' ');
const SIGNER = { lead: '督导组长', member: '督导成员', unit: '被督导单位负责人' } as const;

/** Everything the printed record of an inspection says (督导记录表). @throws resource.not_found */
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
  const issues: { number: string; severity: Severity; finding: string; dueOn: string | null }[] =
    await ctx.em.query(
      `SELECT number, severity, finding, due_on AS "dueOn" FROM issues
     WHERE district_id = $1 AND inspection_id = $2 ORDER BY length(number), number`,
      [ctx.actor.districtId, id],
    );
  const failed = new Set(failures(items, inspection.answers).map(({ itemCode }) => itemCode));
  const sessions = await sessionsOf(ctx, id);
  return {
    unitId: unit.id,
    demo: district.demo,
    issuer: district.settings.documents.issuer,
    unitName: unit.name,
    zone,
    kindTitle: INSPECTION_KIND_TEXT[inspection.kind],
    checklist: `${checklist.title}第${checklist.version}版`,
    inspectedOn: sessions[0] ? localDay(sessions[0].from) : inspection.scheduledOn,
    sessions: sessions.map(sessionText),
    lead: members.find((one) => one.id === inspection.leadId)?.name ?? '',
    team: members.filter((one) => one.id !== inspection.leadId).map(({ name }) => name),
    submittedAt: inspection.submittedAt ? localMinute(inspection.submittedAt) : null,
    answers: answers.map((answer) => {
      const item = itemOf.get(answer.itemCode)!;
      const judged = judge(item, answer.measures, unitStages && { unitStages });
      const { verdict } = answer;
      const observed =
        verdict === 'compliant' || verdict === 'non_compliant' ? observedText(item, verdict) : '';
      return {
        itemCode: item.itemCode,
        title: item.title,
        category: item.category,
        verdictTitle: verdictText(item, verdict),
        measured: judged.measuredValue || observed || null,
        standard: item.judge.type === 'boolean' ? null : judged.standardValue,
        note: [answer.note, answer.reason && `理由：${answer.reason}`].filter(Boolean).join('；') || null,
      };
    }),
    summary: inspection.summary ?? '',
    strengths: inspection.strengths,
    issues,
    reminders: inspection.dispositions
      .filter(({ as, itemCode }) => as === 'reminder' && failed.has(itemCode))
      .map(({ itemCode, reason }) => ({
        title: findingOf(itemOf.get(itemCode)!, inspection.answers[itemCode]!, unitStages).finding,
        reason: reason ?? '',
      })),
    amendments: (await amendmentsOf(ctx, id)).map(({ at, byName, reason }) => ({
      at: localMinute(at),
      by: byName,
      reason,
    })),
    signatures: inspection.signatures.map(({ role, name, attachment, signedAt }) => ({
      role: SIGNER[role],
      name,
      signedAt: signedAt ? localMinute(new Date(signedAt)) : null,
      image: attachment ?? null,
    })),
    photos: await photosOf(
      ctx,
      answers.flatMap(({ itemCode, attachments }) =>
        attachments.map((sha256) => ({ sha256, caption: `${itemCode} ${itemOf.get(itemCode)!.title}` })),
      ),
    ),
  };
}

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

/** 9月8日 8:00—11:30 */
function sessionText({ from, to }: Session): string {
  const [, month, day] = localDay(from).split('-').map(Number);
  const time = (at: Date) => localMinute(at).slice(11).replace(/^0/, '');
  const [start, end] = [time(from), time(to)];
  return `${month}月${day}日 ${start === end ? start : `${start}—${end}`}`;
}

/** Those of the files that are pictures; a PDF cannot be shown among them. */
async function photosOf(
  ctx: Ctx,
  files: { sha256: string; caption: string }[],
): Promise<{ sha256: string; caption: string }[]> {
  if (files.length === 0) return [];
  const rows: { sha256: string }[] = await ctx.em.query(
    `SELECT sha256 FROM attachments WHERE district_id = $1 AND sha256 = ANY($2) AND media_type <> 'application/pdf'`,
    [ctx.actor.districtId, files.map(({ sha256 }) => sha256)],
  );
  const pictures = new Set(rows.map(({ sha256 }) => sha256));
  return files.filter(({ sha256 }) => pictures.has(sha256));
}
