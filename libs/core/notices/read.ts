import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  cursorId,
  type Page,
  type PageQuery,
  pageOf,
  shownCount,
} from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import type { NoticeLine, NoticeReceipt } from './notice.js';

export type NoticeView = {
  id: string;
  number: string;
  unit: { id: string; code: string; name: string; kind: string; zoneId: string | null };
  inspectionId: string | null;
  issuedOn: string;
  signedBy: { id: string; name: string };
  servedAt: Date;
  receipt: NoticeReceipt | null;
  /** The refusal before it, where the unit signed after all. */
  refusal: NoticeReceipt | null;
  lines: NoticeLine[];
};

export type NoticeQuery = PageQuery & { unitId?: string; inspectionId?: string; received?: boolean };

type Row = Omit<NoticeView, 'unit' | 'signedBy' | 'receipt' | 'refusal'> & {
  receipt: (NoticeReceipt & { refusal?: NoticeReceipt }) | null;
  unitId: string;
  unitCode: string;
  unitName: string;
  unitKind: string;
  zoneId: string | null;
  signedById: string;
  signedByName: string;
};

const FROM = `FROM notices n JOIN units u ON u.district_id = n.district_id AND u.id = n.unit_id
  JOIN users s ON s.district_id = n.district_id AND s.id = n.signed_by`;
const COLUMNS = `n.id, n.number, n.unit_id AS "unitId", u.code AS "unitCode", u.name AS "unitName", u.kind AS "unitKind",
  u.zone_id AS "zoneId", n.inspection_id AS "inspectionId", n.issued_on AS "issuedOn", n.signed_by AS "signedById",
  s.name AS "signedByName", n.served_at AS "servedAt", n.receipt, n.lines`;
const SCOPE = { district: 'n.district_id', unit: 'n.unit_id', zone: 'u.zone_id' };

/** Notices that the actor may see, newest first. */
export async function listNotices(ctx: Ctx, query: NoticeQuery): Promise<Page<NoticeView>> {
  const where = withinScope(new Where(), ctx.actor, SCOPE);
  if (query.unitId) where.and('n.unit_id = ?', query.unitId);
  if (query.inspectionId) where.and('n.inspection_id = ?', query.inspectionId);
  // Who refused has not received it, here as in the circulars.
  if (query.received !== undefined) {
    where.and(`(n.receipt IS NULL OR n.receipt->>'refused' = 'true') <> ?`, query.received);
  }
  const counted = query.count ? await count(ctx, where) : undefined;
  if (query.cursor) where.and('n.id < ?', cursorId(query.cursor));
  const limit = query.limit ?? 50;
  const rows: Row[] = await ctx.em.query(
    `SELECT ${COLUMNS} ${FROM} WHERE ${where} ORDER BY n.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(rows, limit, show, (row) => [row.id]);
  return counted === undefined ? page : { ...page, count: counted };
}

async function count(ctx: Ctx, where: Where): Promise<number | '10000+'> {
  const [{ n }]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*)::integer AS n FROM (SELECT 1 ${FROM} WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) f`,
    where.params,
  );
  return shownCount(n);
}

/** @throws resource.not_found where there is none or it is not theirs */
export async function readNotice(ctx: Ctx, id: string): Promise<NoticeView> {
  const where = withinScope(new Where().and('n.id = ?', id), ctx.actor, SCOPE);
  const [row]: Row[] = await ctx.em.query(`SELECT ${COLUMNS} ${FROM} WHERE ${where}`, where.params);
  if (!row) throw problem('resource.not_found', '没有这份通知书');
  return show(row);
}

function show({
  unitId,
  unitCode,
  unitName,
  unitKind,
  zoneId,
  signedById,
  signedByName,
  ...row
}: Row): NoticeView {
  const { refusal = null, ...receipt } = row.receipt ?? {};
  return {
    id: row.id,
    number: row.number,
    unit: { id: unitId, code: unitCode, name: unitName, kind: unitKind, zoneId },
    inspectionId: row.inspectionId,
    issuedOn: row.issuedOn,
    signedBy: { id: signedById, name: signedByName },
    servedAt: row.servedAt,
    receipt: row.receipt && (receipt as NoticeReceipt),
    refusal,
    lines: row.lines,
  };
}
