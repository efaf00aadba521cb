import { queryPrepared } from '#platform/database.js';
import { SEVERITY_ORDER } from '#rules/issue-lifecycle.js';
import { isDay } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  decodeCursor,
  encodeCursor,
  isCursorId,
  type Page,
  type PageQuery,
  shownCount,
} from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { ledgerAsOf } from './as-of.js';
import { filtered, type IssueFilter, momentOf } from './filter.js';
import { numberKeys } from './number-order.js';
import { BESIDE, rowColumns } from './read.js';
import { type IssueRow, type IssueView, showIssues } from './show.js';

/** `-` is descending. Without a deadline comes last. */
export const ISSUE_SORTS = [
  '-registeredAt',
  'registeredAt',
  '-number',
  'number',
  'dueOn',
  '-dueOn',
  'severity',
  '-severity',
] as const;
export type IssueSort = (typeof ISSUE_SORTS)[number];
export type IssueQuery = PageQuery & { filter: IssueFilter; sort?: IssueSort };

/**
 * A part of the ledger that one index gives in the order asked for. The page is merged from the heads of all parts, so
 * that its cost does not depend on its depth or on how many rows match.
 */
type Part = { rank: number; condition: (where: Where) => string; undated?: true };

/** What a sort orders by: expressions of `i`, with their types, that together tell any two rows apart. The first is null in an undated part. */
type Key = { by: string; type: 'uuid' | 'date' | 'integer' | 'text' };
const ID: Key = { by: 'i.id', type: 'uuid' };
const DEADLINE: Key = { by: 'i.due_on', type: 'date' };
const NUMBER: readonly Key[] = numberKeys('i.number');
function keysOf(sort: IssueSort): readonly Key[] {
  if (sort.endsWith('number')) return NUMBER;
  return sort.endsWith('dueOn') ? [DEADLINE, ID] : [ID];
}

/** A page of the ledger. Default: newest first. */
export async function listIssues(ctx: Ctx, query: IssueQuery): Promise<Page<IssueView>> {
  const limit = query.limit ?? 50;
  const sort = query.sort ?? '-registeredAt';
  const down = sort.startsWith('-');
  const parts = partsOf(query.filter, sort);
  const { at, day } = momentOf(ctx, query.filter.asOf);
  const where = new Where();
  const ledger = at ? ledgerAsOf(ctx.em, where, at) : 'issues';
  filtered(where, ctx, query.filter, day);
  const conditions = `${where}`;

  // In the text, not a parameter: a planner that does not know how few rows are wanted joins the whole ledger.
  const most = String(limit + 1);
  const direction = down ? 'DESC' : 'ASC';
  const keys = keysOf(sort);
  const heads = parts.map((part) => {
    const shown = keys.map(({ by, type }, n) => `${part.undated && n === 0 ? `NULL::${type}` : by} AS k${n}`);
    const order = keys.slice(part.undated ? 1 : 0).map(({ by }) => `${by} ${direction}`);
    return `(SELECT ${part.rank} AS rank, ${shown.join(', ')}, i.id AS of FROM ${ledger} i
      WHERE ${conditions} AND ${part.condition(where)} AND ${afterCursor(where, query.cursor, part, sort)}
      ORDER BY ${order.join(', ')} LIMIT ${most})`;
  });
  const order = (p: string) => [`${p}.rank`, ...keys.map((_, n) => `${p}.k${n} ${direction}`)].join(', ');
  type Row = IssueRow & { rank: number; keys: (string | number | null)[] };
  const text = `WITH page AS MATERIALIZED (SELECT * FROM (${heads.join(' UNION ALL ')}) p ORDER BY ${order('p')} LIMIT ${most})
     SELECT page.rank, json_build_array(${keys.map((_, n) => `page.k${n}`).join(', ')}) AS keys, ${rowColumns(where, ctx, at)} FROM page
     JOIN ${ledger} i ON i.district_id = ${where.param(ctx.actor.districtId)} AND i.id = page.of ${BESIDE}
     ORDER BY ${order('page')}`;
  const rows: Row[] =
    isSimple(query.filter) && USUAL_LIMITS.includes(limit)
      ? await queryPrepared<Row>(ctx.em, text, where.params)
      : await ctx.em.query(text, where.params);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const page: Page<IssueView> = {
    items: await showIssues(ctx, shown, at ? day : null),
    nextCursor: rows.length > limit && last ? encodeCursor([sort, last.rank, ...last.keys]) : null,
  };
  return query.count ? { ...page, count: await countIssues(ctx, query.filter) } : page;
}

const INDEXED: readonly (keyof IssueFilter)[] = [
  'status',
  'severity',
  'category',
  'itemCode',
  'unitId',
  'zoneId',
];

/** Each limit is a text of its own, and texts with a name are few (queryPrepared). */
const USUAL_LIMITS: readonly number[] = [20, 50, 100, 200];

/** Whether one index answers the filter in order whatever its value, so that a plan made once is good for all of them. */
function isSimple(filter: IssueFilter): boolean {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined && String(value) !== '');
  return asked.length <= 1 && asked.every(([name]) => (INDEXED as string[]).includes(name));
}

/** How many match: exact up to 10,000. */
async function countIssues(ctx: Ctx, filter: IssueFilter): Promise<number | '10000+'> {
  const { at, day } = momentOf(ctx, filter.asOf);
  const where = new Where();
  const ledger = at ? ledgerAsOf(ctx.em, where, at) : 'issues';
  filtered(where, ctx, filter, day);
  const [{ n }]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*)::integer AS n FROM (SELECT 1 FROM ${ledger} i WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) f`,
    where.params,
  );
  return shownCount(n);
}

function partsOf(filter: IssueFilter, sort: IssueSort): Part[] {
  if (sort === 'dueOn' || sort === '-dueOn') {
    const dated: Part = { rank: 0, condition: () => 'i.due_on IS NOT NULL' };
    // What is overdue or due by a day has a deadline: nothing to look for among those without.
    if (filter.overdue || filter.dueBefore) return [dated];
    return [dated, { rank: 1, condition: () => 'i.due_on IS NULL', undated: true }];
  }
  if (sort === 'severity' || sort === '-severity') {
    const order = sort === '-severity' ? SEVERITY_ORDER.toReversed() : SEVERITY_ORDER;
    const asked = order.filter((one) => !filter.severity?.length || filter.severity.includes(one));
    return asked.map((severity, rank) => ({ rank, condition: (w) => `i.severity = ${w.param(severity)}` }));
  }
  if (filter.status && filter.status.length > 1) {
    return filter.status.map((status) => ({ rank: 0, condition: (w) => `i.status = ${w.param(status)}` }));
  }
  return [{ rank: 0, condition: () => 'true' }];
}

/** Keyset: what comes after the last row shown, as seen from this part. @throws request.cursor_invalid, also for one of another order */
function afterCursor(where: Where, cursor: string | undefined, part: Part, sort: IssueSort): string {
  if (!cursor) return 'true';
  const keys = keysOf(sort);
  const [order, rank, ...values] = decodeCursor(cursor, 2 + keys.length);
  const known = keys.every(({ type }, n) => (type === 'date' && values[n] === null) || is[type](values[n]));
  if (order !== sort || typeof rank !== 'number' || !known)
    throw problem('request.cursor_invalid', '请从第一页重新查询');
  if (part.rank !== rank) return part.rank > rank ? 'true' : 'false';
  const from = part.undated ? 1 : 0;
  const compared = keys.slice(from).map(({ by }) => by);
  const given = keys.slice(from).map(({ type }, n) => `${where.param(values[from + n])}::${type}`);
  return `(${compared.join(', ')}) ${sort.startsWith('-') ? '<' : '>'} (${given.join(', ')})`;
}

const is: Record<Key['type'], (value: unknown) => boolean> = {
  uuid: isCursorId,
  date: isDay,
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  text: (value) => typeof value === 'string',
};
