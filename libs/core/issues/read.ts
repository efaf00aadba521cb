import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { issueColumns } from './locked.js';
import { type IssueRow, type IssueView, showIssues } from './show.js';
import { standingColumns } from './standing.js';

/** Keeps a query within what the actor may see. API clients get the district's ledger, never a school's own list. */
export function withinLedger(where: Where, ctx: Ctx): Where {
  withinScope(where, ctx.actor, { district: 'i.district_id', unit: 'i.unit_id', zone: 'i.zone_id' });
  if (ctx.actor.kind === 'client') where.and(`i.source <> 'self_check'`);
  return where;
}

/** The columns of an IssueRow; `i`, `u` (unit), `n` (notice) and `r` (registrar) as joined by `BESIDE`. `at`: as of then. */
export function rowColumns(where: Where, ctx: Ctx, at: Date | null = null): string {
  const evidence =
    ctx.actor.kind === 'client'
      ? `'{}'::text[]`
      : `ARRAY(SELECT l.sha256 FROM attachment_links l WHERE l.district_id = i.district_id
          AND l.subject_type = 'issue' AND l.subject_id = i.id${at ? ` AND l.linked_at <= ${where.param(at)}` : ''} ORDER BY l.linked_at, l.sha256)`;
  return `${issueColumns(ctx.em)}, u.code AS "unitCode", u.name AS "unitName", u.kind AS "unitKind",
    n.number AS "noticeNumber", r.name AS "registeredByName", ${evidence} AS attachments, ${standingColumns(where, ctx)}`;
}
export const BESIDE = `JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
  JOIN users r ON r.district_id = i.district_id AND r.id = i.registered_by
  LEFT JOIN notices n ON n.district_id = i.district_id AND n.id = i.notice_id`;

/** One issue. @throws resource.not_found where there is none or it is not theirs */
export async function readIssue(ctx: Ctx, id: string): Promise<IssueView> {
  const where = withinLedger(new Where().and('i.id = ?', id), ctx);
  const rows: IssueRow[] = await ctx.em.query(
    `SELECT ${rowColumns(where, ctx)} FROM issues i ${BESIDE} WHERE ${where}`,
    where.params,
  );
  const [view] = await showIssues(ctx, rows);
  if (!view) throw problem('resource.not_found', '没有这个问题');
  return view;
}

export type IssueEvent = {
  id: string;
  at: Date;
  actor: { id: string | null; name: string };
  action: string;
  reason: string | null;
  /** Column → [before, after]. */
  changes: Record<string, [unknown, unknown]>;
  onBehalf: boolean;
  details: Record<string, unknown>;
};

/** The history of an issue, oldest first. @throws resource.not_found */
export async function readIssueEvents(ctx: Ctx, id: string, query: PageQuery): Promise<Page<IssueEvent>> {
  const seen = withinLedger(new Where().and('i.id = ?', id), ctx);
  const found: unknown[] = await ctx.em.query(`SELECT 1 FROM issues i WHERE ${seen}`, seen.params);
  if (!found.length) throw problem('resource.not_found', '没有这个问题');
  const where = new Where().and('e.district_id = ? AND e.subject_id = ?', ctx.actor.districtId, id);
  const count = query.count ? await countRows(ctx, 'events e', where) : undefined;
  if (query.cursor) {
    const [after] = decodeCursor(query.cursor, 1);
    if (!/^\d{1,18}$/.test(String(after))) throw problem('request.cursor_invalid', '请从第一页重新查询');
    where.and('e.id > ?', after);
  }
  const limit = query.limit ?? 50;
  const rows: (Omit<IssueEvent, 'actor' | 'changes' | 'onBehalf' | 'details'> & {
    actorId: string | null;
    actorName: string;
    data: Record<string, unknown>;
  })[] = await ctx.em.query(
    `SELECT e.id::text AS id, e.at, e.actor_id AS "actorId", e.actor_name AS "actorName", e.action, e.reason,
       e.data - 'after' AS data
     FROM events e WHERE ${where} ORDER BY e.id LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    ({ actorId, actorName, data: { changes, onBehalf, ...details }, ...event }): IssueEvent => ({
      ...event,
      actor: { id: actorId, name: actorName },
      changes: (changes ?? {}) as IssueEvent['changes'],
      onBehalf: onBehalf === true,
      details,
    }),
    (row) => [row.id],
  );
  return { ...page, ...(count !== undefined && { count }) };
}
