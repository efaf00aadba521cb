import { type Aggregate, type Figure, percentage, rate, type SubjectType } from '#rules/circular.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../../foundation/context.js';
import { countRows } from '../../foundation/count.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../../foundation/paging.js';
import { Where } from '../../foundation/sql.js';
import { readCircular } from '../read.js';

/** A figure as frozen: a value, or a rate with its numerator and denominator. */
export type FigureView = {
  key: string;
  title: string;
  unit: string;
  definition: string;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  /** `85.0%` as printed, `suppressed` where the sample is under ten; null for a value and where there was nothing to count. */
  percentage: string | null;
  /** `46`, `34/40（85.0%）`: as printed. */
  printed: string;
  /** How the rows make it. */
  aggregate: Aggregate;
  /** How many rows stand behind it, and what they are; null where there are none. */
  rows: number;
  rowType: SubjectType | null;
};

export type FigureRowHead = {
  ordinal: number;
  figure: Figure;
  aggregate: Aggregate;
  rows: number;
  rowType: SubjectType | null;
};

/** Columns of a `FigureRowHead`; `f` is circular_figures. */
export const HEAD_COLUMNS = `f.ordinal, f.figure, f.aggregate, cardinality(f.members) AS rows, f.row_type AS "rowType"`;

/** A figure as answered: as frozen, as printed, and how much stands behind it. */
export function viewOf({ figure, aggregate, rows, rowType }: FigureRowHead): FigureView {
  const { key, title, unit, definition } = figure;
  const head = { key, title, unit, definition, aggregate, rows, rowType };
  if ('value' in figure) {
    const { value } = figure;
    return { ...head, value, numerator: null, denominator: null, percentage: null, printed: String(value) };
  }
  const { numerator, denominator } = figure;
  const percent = percentage(figure);
  const shown = denominator <= 0 ? null : percent === null ? 'suppressed' : `${percent.toFixed(1)}%`;
  return { ...head, value: null, numerator, denominator, percentage: shown, printed: rate(figure) };
}

/**
 * A circular of the actor's sight that has lineage. @throws resource.not_found (404), circular.not_ready (409) until it is
 * frozen, circular.lineage_absent (409) where it was frozen before lineage was kept
 */
export async function requireLineage(ctx: Ctx, id: string) {
  const circular = await readCircular(ctx, id);
  if (circular.snapshotHash === null) throw problem('circular.not_ready', '数据尚未锁定，请稍候再取');
  const [row]: [{ hash: string | null }] = await ctx.em.query(
    `SELECT snapshot->'lineage'->>'hash' AS hash FROM circulars WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id],
  );
  if (row.hash === null) {
    throw problem('circular.lineage_absent', '这份通报的数据锁定于系统保存数字来源之前，只能查看文件本身');
  }
  const { cutoff, snapshotHash } = circular;
  return { circular, cutoff, snapshotHash, lineageHash: row.hash };
}

export type FiguresPage = Page<FigureView> & { cutoff: Date; snapshotHash: string; lineageHash: string };

/** Every figure of a circular, in the order of the circular; `prefix` narrows them to a group (`overview.`, `unit.`). */
export async function listFigures(
  ctx: Ctx,
  id: string,
  query: PageQuery & { prefix?: string },
): Promise<FiguresPage> {
  const { cutoff, snapshotHash, lineageHash } = await requireLineage(ctx, id);
  const limit = query.limit ?? 50;
  const where = new Where().and('f.district_id = ?', ctx.actor.districtId).and('f.circular_id = ?', id);
  if (query.prefix !== undefined) where.and('starts_with(f.key, ?)', query.prefix);
  const count = query.count ? await countRows(ctx, 'circular_figures f', where) : undefined;
  if (query.cursor) where.and('f.ordinal > ?', ordinalOf(query.cursor));
  const rows: FigureRowHead[] = await ctx.em.query(
    `SELECT ${HEAD_COLUMNS} FROM circular_figures f WHERE ${where} ORDER BY f.ordinal LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(rows, limit, viewOf, (row) => [row.ordinal]);
  return { cutoff, snapshotHash, lineageHash, ...page, ...(count === undefined ? {} : { count }) };
}

/** The place in a cursor of one place. @throws request.cursor_invalid */
export function ordinalOf(cursor: string): number {
  const [place] = decodeCursor(cursor, 1);
  if (Number.isInteger(place) && (place as number) >= 0 && (place as number) < 2 ** 31)
    return place as number;
  throw problem('request.cursor_invalid', '请从第一页重新查询');
}
