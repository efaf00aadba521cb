import { INSPECTION_KIND_TEXT } from '#rules/inspection-result.js';
import { MODES } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { readNotice } from './read.js';

/** Characters of a requirement that a narrow column still holds well. */
const IN_LINE = 60;

/** What the notice prints (libs/documents/notice-content.ts). @throws resource.not_found */
export async function noticeForPrint(ctx: Ctx, id: string) {
  const notice = await readNotice(ctx, id);
  const { demo, settings } = await districtOf(ctx);
  const visit = notice.inspectionId ? await visitOf(ctx, notice.inspectionId) : null;
  return {
    demo,
    issuer: settings.documents.issuer,
    number: notice.number,
    unitName: notice.unit.name,
    inspectedOn: visit?.on ?? null,
    inspectionKind: visit && INSPECTION_KIND_TEXT[visit.kind],
    inspectors: visit?.inspectors ?? [],
    lines: notice.lines.map((line) => ({
      issueNumber: line.number,
      category: line.category,
      finding: line.finding,
      basis: line.basis,
      standardValue: line.standardValue,
      measuredValue: line.measuredValue,
      severity: line.severity,
      // Short requirements stand in each line, long ones once below the table.
      requirement: line.requirements.length <= IN_LINE ? line.requirements : null,
      dueOn: line.dueOn,
      modeTitle: MODES[line.mode],
      milestones: line.milestones ?? [],
    })),
    requirements: notice.lines[0]!.requirements,
    signedBy: notice.signedBy.name,
    issuedOn: notice.issuedOn,
    objectionDays: settings.objectionDays.service,
    maxExtensions: settings.maxExtensions,
    servedOn: localDay(notice.servedAt),
    receipt: notice.receipt && {
      receivedBy: notice.receipt.receivedBy,
      receivedOn: localDay(new Date(notice.receipt.receivedAt)),
      refused: notice.receipt.refused,
      note: notice.receipt.note,
    },
    refusal: notice.refusal && {
      receivedBy: notice.refusal.receivedBy,
      refusedOn: localDay(new Date(notice.refusal.receivedAt)),
      recordedBy: notice.refusal.recordedBy.name,
      note: notice.refusal.note,
    },
  };
}

async function visitOf(ctx: Ctx, inspectionId: string) {
  const [visit]: { on: Day; kind: keyof typeof INSPECTION_KIND_TEXT; inspectors: string[] }[] =
    await ctx.em.query(
      `SELECT coalesce(x.visited_on, x.scheduled_on) AS on, x.kind,
       ARRAY(SELECT u.name FROM inspection_members m JOIN users u ON u.district_id = m.district_id AND u.id = m.user_id
             WHERE m.district_id = x.district_id AND m.inspection_id = x.id
             ORDER BY u.id = x.lead_id DESC, u.name) AS inspectors
     FROM inspections x WHERE x.district_id = $1 AND x.id = $2`,
      [ctx.actor.districtId, inspectionId],
    );
  return visit ?? null;
}
