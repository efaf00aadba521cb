import type { Day } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { invalid, problem } from '#rules/problems.js';
import { isLed } from '../directory/active.js';
import type { Ctx } from '../foundation/context.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { record } from '../history/events.js';
import { type CircularView, readCircular } from './read.js';

/** The body of a receipt. `unitId`: the unit for which the office records it. */
export type CircularReceipt = { unitId?: string; note?: string };

/**
 * 签收 by a unit, once; by the office on its behalf where nobody leads it in the system, and the record says so.
 * @throws access.denied (403), request.invalid (400) for a unit that it was not addressed to, circular.not_issued,
 * circular.already_received (409)
 */
export async function receiveCircular(ctx: Ctx, id: string, given: CircularReceipt): Promise<CircularView> {
  const circular = await readCircular(ctx, id);
  const { districtId, userId } = ctx.actor;
  const { note } = given;
  const own = permits(ctx.actor.roles, 'circular.receive') ? ctx.actor.unitId : null;
  const unitId = given.unitId ?? own;
  const onBehalf = unitId !== own;
  if (unitId === null || (onBehalf && !permits(ctx.actor.roles, 'circular.draft'))) {
    throw problem('access.denied', '通报由被督导单位的人员签收；单位没有账号的，由督导室写明单位代为登记');
  }
  if (circular.status !== 'issued') throw problem('circular.not_issued', '通报尚未印发，不需要签收');
  if (onBehalf) await requireLeaderless(ctx, unitId, circular.issuedOn!);
  const made: unknown[] = await ctx.em.query(
    `INSERT INTO circular_receipts (district_id, circular_id, unit_id, received_by, received_at, note)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1`,
    [districtId, id, unitId, userId, ctx.now, note ?? null],
  );
  if (made.length === 0)
    throw problem(
      'circular.already_received',
      onBehalf ? '该单位已签收，不需要重复登记' : '本单位已签收，不需要重复签收',
    );
  await record(ctx, {
    subjectType: 'circular',
    subjectId: id,
    unitId,
    action: 'receive',
    reason: note ?? null,
    data: { documentNumber: circular.documentNumber, ...(onBehalf ? { onBehalf: true } : {}) },
  });
  return readCircular(ctx, id);
}

/** A unit on the register when it was issued, and without a leader who could receive it. */
async function requireLeaderless(ctx: Ctx, unitId: string, issuedOn: Day): Promise<void> {
  const [unit]: { name: string }[] = await ctx.em.query(
    `SELECT name FROM units WHERE district_id = $1 AND id = $2 AND (opened_on IS NULL OR opened_on <= $3)
       AND (closed_on IS NULL OR closed_on > $3)`,
    [ctx.actor.districtId, unitId, issuedOn],
  );
  if (!unit) {
    const message = '没有这个单位，或通报印发时不在册';
    throw invalid({ pointer: '/unitId', code: 'unit.unknown', message });
  }
  if (await isLed(ctx, unitId)) throw problem('access.denied', `${unit.name}有负责人账号，由该单位自行签收`);
}

export type ReceiptView = {
  unit: { id: string; code: string; name: string; kind: string; zoneId: string | null };
  received: boolean;
  receivedAt: Date | null;
  receivedBy: string | null;
  /** The office recorded it. */
  onBehalf: boolean;
  note: string | null;
};
export type ReceiptsPage = Page<ReceiptView> & {
  documentNumber: string | null;
  issuedOn: Day | null;
  received: number;
  total: number;
};

/** Who of the units on the register when it was issued has received a circular and who has not, within the actor's scope. @throws circular.not_issued (409) */
export async function listReceipts(ctx: Ctx, id: string, query: PageQuery): Promise<ReceiptsPage> {
  const { documentNumber, issuedOn, status } = await readCircular(ctx, id);
  if (status !== 'issued') throw problem('circular.not_issued', '通报印发后才有签收情况');
  const limit = query.limit ?? 50;
  const where = withinScope(new Where(), ctx.actor, {
    district: 'u.district_id',
    unit: 'u.id',
    zone: 'u.zone_id',
  });
  where.and('u.opened_on IS NULL OR u.opened_on <= ?', issuedOn);
  where.and('u.closed_on IS NULL OR u.closed_on > ?', issuedOn);
  const from = `FROM units u LEFT JOIN circular_receipts r
    ON r.district_id = u.district_id AND r.unit_id = u.id AND r.circular_id = ${where.param(id)}
    LEFT JOIN users p ON p.district_id = r.district_id AND p.id = r.received_by`;
  const [sums]: [{ received: number; total: number }] = await ctx.em.query(
    `SELECT count(r.received_at)::integer AS received, count(*)::integer AS total ${from} WHERE ${where}`,
    where.params,
  );
  if (query.cursor) where.and('u.code > ?', String(decodeCursor(query.cursor, 1)[0]));
  // Whose receipt was recorded for it stands in the history: who did so may belong to another unit by now.
  const behalf = `SELECT e.unit_id FROM events e WHERE e.district_id = ${where.param(ctx.actor.districtId)}
    AND e.subject_id = ${where.param(id)} AND e.subject_type = 'circular' AND e.action = 'receive' AND e.data->>'onBehalf' = 'true'`;
  const rows: ReceiptView[] = await ctx.em.query(
    `SELECT json_build_object('id', u.id, 'code', u.code, 'name', u.name, 'kind', u.kind, 'zoneId', u.zone_id) AS unit,
       r.received_at IS NOT NULL AS received, r.received_at AS "receivedAt", p.name AS "receivedBy", r.note,
       r.received_at IS NOT NULL AND u.id IN (${behalf}) AS "onBehalf"
     ${from} WHERE ${where} ORDER BY u.code LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.unit.code],
  );
  return { documentNumber, issuedOn, ...sums, ...page, ...(query.count ? { count: sums.total } : {}) };
}
