import type { GivenOperation } from '#rules/answer-check.js';
import type { StoredAnswer } from '#rules/answers.js';
import { isDay } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { decodeCursor, isCursorId, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { checklistOf, findInspection, visible } from './find.js';
import type { InspectionKind, InspectionStatus } from './inspection.entity.js';
import { type Conflict, type InspectionView, listAnswers, listConflicts, showInspection } from './show.js';

export type InspectionQuery = PageQuery & {
  status?: InspectionStatus;
  unitId?: string;
  planId?: string;
  assignedTo?: 'me';
  kind?: InspectionKind;
  from?: string;
  to?: string;
};

export type InspectionRow = {
  id: string;
  status: InspectionStatus;
  kind: InspectionKind;
  unit: { id: string; code: string; name: string; kind: string; zoneId: string | null };
  unitId: string;
  checklistId: string;
  checklist: { id: string; code: string; version: number; title: string; coverage: 'full' | 'partial' };
  planId: string | null;
  scheduledOn: string;
  visitedOn: string | null;
  leadId: string;
  team: string[];
  members: { id: string; name: string }[];
  answered: number;
  judged: number;
  met: number;
  lateEntry: boolean;
  submittedAt: Date | null;
  updatedAt: Date;
};

/** Inspections the actor sees, the latest scheduled first. */
export async function listInspections(ctx: Ctx, query: InspectionQuery): Promise<Page<InspectionRow>> {
  const where = visible(new Where(), ctx.actor);
  if (query.status) where.and('i.status = ?', query.status);
  if (query.unitId) where.and('i.unit_id = ?', query.unitId);
  if (query.planId) where.and('i.plan_id = ?', query.planId);
  if (query.kind) where.and('i.kind = ?', query.kind);
  if (query.from) where.and('i.scheduled_on >= ?', query.from);
  if (query.to) where.and('i.scheduled_on <= ?', query.to);
  if (query.assignedTo) {
    where.and(
      `EXISTS (SELECT 1 FROM inspection_members m WHERE m.district_id = i.district_id AND m.inspection_id = i.id AND m.user_id = ?)`,
      ctx.actor.userId,
    );
  }
  const joined = `inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id`;
  const count = query.count ? await countRows(ctx, joined, where) : undefined;
  if (query.cursor) {
    const [day, id] = decodeCursor(query.cursor, 2);
    if (!isDay(day) || !isCursorId(id)) {
      throw problem('request.cursor_invalid', '请从第一页重新查询');
    }
    where.and('(i.scheduled_on, i.id) < (?::date, ?::uuid)', day, id);
  }
  const limit = query.limit ?? 50;
  const rows: InspectionRow[] = await ctx.em.query(
    `SELECT i.id, i.status, i.kind, i.unit_id AS "unitId", i.checklist_id AS "checklistId", i.plan_id AS "planId",
       jsonb_build_object('id', u.id, 'code', u.code, 'name', u.name, 'kind', u.kind, 'zoneId', u.zone_id) AS unit,
       jsonb_build_object('id', c.id, 'code', c.code, 'version', c.version, 'title', c.title, 'coverage', c.coverage) AS checklist,
       i.scheduled_on AS "scheduledOn", i.visited_on AS "visitedOn", i.lead_id AS "leadId",
       ARRAY(SELECT m.user_id FROM inspection_members m WHERE m.district_id = i.district_id AND m.inspection_id = i.id
         ORDER BY m.user_id) AS team,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY p.id), '[]') FROM inspection_members m
         JOIN users p ON p.district_id = m.district_id AND p.id = m.user_id
         WHERE m.district_id = i.district_id AND m.inspection_id = i.id) AS members,
       (SELECT count(*)::integer FROM jsonb_object_keys(i.answers)) AS answered,
       i.judged, i.met, i.late_entry AS "lateEntry", i.submitted_at AS "submittedAt", i.updated_at AS "updatedAt"
     FROM ${joined} JOIN checklists c ON c.district_id = i.district_id AND c.id = i.checklist_id
     WHERE ${where} ORDER BY i.scheduled_on DESC, i.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.scheduledOn, row.id],
  );
  return { ...page, ...(count !== undefined && { count }) };
}

/** An operation that came after the record was closed: kept, not counted, shown to the lead. */
export type LateOperation = {
  operation: GivenOperation;
  userId: string;
  userName: string;
  receivedAt: Date;
  problem: string;
};

export type InspectionDetail = InspectionView & {
  answers: StoredAnswer[];
  conflicts: Conflict[];
  lateOperations: LateOperation[];
  amendments: AmendmentTold[];
};

/** A correction after submission: what stood before each answer it touched (null: none), and what it said instead. */
export type AmendmentTold = {
  id: string;
  at: Date;
  by: string;
  byName: string;
  reason: string;
  changes: { itemCode: string; before: AnswerTold | null; after: AnswerTold }[];
};
export type AnswerTold = Pick<StoredAnswer, 'verdict' | 'measures'>;

/** One inspection with answers, conflicts and corrections; late operations for its team alone. @throws resource.not_found */
export async function readInspection(ctx: Ctx, id: string): Promise<InspectionDetail> {
  const found = await findInspection(ctx, id);
  const { items } = await checklistOf(ctx, found.inspection.checklistId);
  const answers = listAnswers(found.inspection.answers, items);
  return {
    ...(await showInspection(ctx, found)),
    answers,
    conflicts: listConflicts(answers),
    lateOperations: found.team.includes(ctx.actor.userId) ? await lateOperations(ctx, id) : [],
    amendments: await amendmentsOf(ctx, id, items),
  };
}

async function lateOperations(ctx: Ctx, id: string): Promise<LateOperation[]> {
  return ctx.em.query(
    `SELECT o.body -> 'given' AS operation, o.user_id AS "userId", p.name AS "userName", o.received_at AS "receivedAt", o.problem
     FROM answer_operations o JOIN users p ON p.district_id = o.district_id AND p.id = o.user_id
     WHERE o.district_id = $1 AND o.inspection_id = $2 AND o.outcome = 'rejected' ORDER BY o.received_at, o.operation_id`,
    [ctx.actor.districtId, id],
  );
}

/** The corrections of an inspection, each with its answers in the order of the checklist's items. */
export async function amendmentsOf(
  ctx: Ctx,
  id: string,
  items: readonly { itemCode: string }[],
): Promise<AmendmentTold[]> {
  type Answers = Record<string, StoredAnswer | null>;
  const rows: (Omit<AmendmentTold, 'changes'> & { before: Answers | null; after: Answers | null })[] =
    await ctx.em.query(
      `SELECT e.data ->> 'amendmentId' AS id, e.at, e.actor_id AS by, e.actor_name AS "byName", e.reason,
         e.data -> 'before' AS before, e.data -> 'after' AS after
       FROM events e WHERE e.district_id = $1 AND e.subject_id = $2 AND e.subject_type = 'inspection' AND e.action = 'amend'
       ORDER BY e.id`,
      [ctx.actor.districtId, id],
    );
  const told = (answer: StoredAnswer | null | undefined): AnswerTold | null =>
    answer ? { verdict: answer.verdict, measures: answer.measures } : null;
  return rows.map(({ before, after, ...row }) => ({
    ...row,
    changes: items.flatMap(({ itemCode }) => {
      const now = told(after?.[itemCode]);
      return now ? [{ itemCode, before: told(before?.[itemCode]), after: now }] : [];
    }),
  }));
}
