import { In } from 'typeorm';
import type { ResolvedItem } from '#rules/checklist.js';
import { problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { Checklist, type ItemReference, isFrozen } from './checklist.entity.js';
import { findChecklist, seesDrafts } from './find.js';
import { resolveItems } from './items.js';

export type ChecklistSummary = {
  id: string;
  code: string;
  title: string;
  version: number;
  status: Checklist['status'];
  subject: Checklist['subject'];
  stages: Checklist['stages'];
  policyProfile: Checklist['policyProfile'];
  coverage: Checklist['coverage'];
  note: string | null;
  itemCount: number;
  createdAt: Date;
  publishedAt: Date | null;
  revision: number;
};
export type ChecklistView = ChecklistSummary & { items: ResolvedItem[] };
export type ChecklistQuery = PageQuery & {
  status?: string;
  code?: string;
  subject?: string;
  /** Without the items, for a list on a screen. */
  summary?: boolean;
};

function summaryOf(list: Checklist): ChecklistSummary {
  return {
    id: list.id,
    code: list.code,
    title: list.title,
    version: list.version,
    status: list.status,
    subject: list.subject,
    stages: list.stages,
    policyProfile: list.policyProfile,
    coverage: list.coverage,
    note: list.note,
    itemCount: list.items.length,
    createdAt: list.createdAt,
    publishedAt: list.publishedAt,
    revision: list.revision,
  };
}

/** A checklist as clients see it: a published one as it was frozen, a draft as it would be if published now. */
export async function viewChecklist(ctx: Ctx, list: Checklist): Promise<ChecklistView> {
  if (isFrozen(list)) return { ...summaryOf(list), items: list.items };
  const { settings } = await districtOf(ctx);
  const items = resolveItems(list.items as ItemReference[], list.policyProfile, settings);
  return { ...summaryOf(list), items };
}

/** @throws resource.not_found */
export const showChecklist = async (ctx: Ctx, id: string): Promise<ChecklistView> =>
  viewChecklist(ctx, await findChecklist(ctx, id));

/** By code, the newest version first. */
export async function listChecklists(
  ctx: Ctx,
  query: ChecklistQuery,
): Promise<Page<ChecklistView | ChecklistSummary>> {
  const limit = query.limit ?? 50;
  const where = new Where().and('c.district_id = ?', ctx.actor.districtId);
  if (!seesDrafts(ctx)) where.and(`c.status <> 'draft'`);
  if (query.status) where.and('c.status = ?', query.status);
  if (query.code) where.and('c.code = ?', query.code);
  if (query.subject) where.and('c.subject = ?', query.subject);
  const total = query.count ? await countRows(ctx, 'checklists c', where) : undefined;
  if (query.cursor) {
    const [code, version] = decodeCursor(query.cursor, 2);
    where.and('(c.code, -c.version) > (?::text, ?::integer)', ...cursorOf(code, version));
  }
  const ids: { id: string }[] = await ctx.em.query(
    `SELECT c.id FROM checklists c WHERE ${where} ORDER BY c.code, c.version DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const rows = await ctx.em.find(Checklist, {
    where: { districtId: ctx.actor.districtId, id: In(ids.map(({ id }) => id)) },
    order: { code: 'ASC', version: 'DESC' },
  });
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.code, -row.version],
  );
  const items = query.summary
    ? page.items.map(summaryOf)
    : await Promise.all(page.items.map((row) => viewChecklist(ctx, row)));
  return { items, nextCursor: page.nextCursor, ...(total === undefined ? {} : { count: total }) };
}

function cursorOf(code: unknown, version: unknown): [string, number] {
  if (typeof code === 'string' && /^[\w-]+$/.test(code) && Number.isInteger(version)) {
    if (Math.abs(version as number) < 1e9) return [code, version as number];
  }
  throw problem('request.cursor_invalid', '请从第一页重新查询');
}
