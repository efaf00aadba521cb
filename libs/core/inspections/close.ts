import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { rolesAt } from '../foundation/scope.js';
import { record } from '../history/events.js';
import { type Found, findInspection, ofOwnUnit, schoolsOwn } from './find.js';
import { readInspection } from './read.js';
import { showInspection } from './show.js';

/**
 * Cancels an inspection that was not submitted; what was filled in stays on record. Office and zone may (a self-check: its
 * school), and for what they arranged themselves its maker while nothing is filled in. A repeat changes nothing.
 * @throws inspection.not_open (409), access.denied (403)
 */
export async function cancelInspection(ctx: Ctx, id: string, reason: string): Promise<Found> {
  const found = await findInspection(ctx, id, { lock: true });
  const { inspection, unit } = found;
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  const selfCheck = inspection.kind === 'self_check';
  const office = selfCheck ? ofOwnUnit(ctx, found) : permits(roles, 'inspection.arrange');
  const own =
    !selfCheck &&
    inspection.createdBy === ctx.actor.userId &&
    inspection.planId === null &&
    Object.keys(inspection.answers).length === 0;
  if (!office && !own)
    throw selfCheck ? schoolsOwn() : problem('access.denied', '请由督导室或片区督导办取消');
  if (inspection.status === 'cancelled') return found;
  if (inspection.status !== 'assigned' && inspection.status !== 'in_progress') {
    throw problem('inspection.not_open', '检查已提交，不能取消');
  }
  await fresh(ctx, found);
  return move(ctx, found, 'cancelled', reason);
}

/** Files a submitted inspection away (归档). @throws inspection.not_submitted (409), access.denied (403) */
export async function archiveInspection(ctx: Ctx, id: string): Promise<Found> {
  const found = await findInspection(ctx, id, { lock: true });
  const { inspection, unit } = found;
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  if (!permits(roles, 'inspection.archive')) {
    throw problem('access.denied', '请由督导室归档');
  }
  if (inspection.status === 'archived') return found;
  if (inspection.status !== 'submitted') throw problem('inspection.not_submitted', '检查提交后才能归档');
  await fresh(ctx, found);
  return move(ctx, found, 'archived', null);
}

const fresh = (ctx: Ctx, found: Found) =>
  requireFresh(
    ctx,
    () => showInspection(ctx, found),
    () => readInspection(ctx, found.inspection.id),
  );

async function move(
  ctx: Ctx,
  found: Found,
  status: 'cancelled' | 'archived',
  reason: string | null,
): Promise<Found> {
  const { inspection } = found;
  const before = inspection.status;
  await ctx.em.query(
    `UPDATE inspections SET status = $3, cancelled_because = $4, revision = revision + 1, updated_at = $5
     WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, inspection.id, status, reason, ctx.now],
  );
  await record(ctx, {
    subjectType: 'inspection',
    subjectId: inspection.id,
    unitId: inspection.unitId,
    action: status === 'cancelled' ? 'cancel' : 'archive',
    reason,
    data: { before: { status: before }, after: { status } },
  });
  const changed = { status, cancelledBecause: reason, revision: inspection.revision + 1, updatedAt: ctx.now };
  return { ...found, inspection: { ...inspection, ...changed } };
}
