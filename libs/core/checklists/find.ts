import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { Checklist, type FrozenChecklist, isFrozen } from './checklist.entity.js';

/** Whether the actor sees versions that nobody judges by yet. */
export const seesDrafts = (ctx: Ctx): boolean =>
  ctx.actor.kind === 'system' || permits(ctx.actor.roles, 'checklist.read_drafts');

/** A checklist version of the actor's district. @throws resource.not_found where there is none or it is a draft not theirs to see */
export async function findChecklist(ctx: Ctx, id: string): Promise<Checklist> {
  const found = await ctx.em.findOneBy(Checklist, { districtId: ctx.actor.districtId, id });
  if (!found || (found.status === 'draft' && !seesDrafts(ctx))) {
    throw problem('resource.not_found', '没有这份清单');
  }
  return found;
}

/**
 * A version by which inspections may begin, items whole.
 * @throws resource.not_found; checklist.not_published for a draft, or for a version that a newer one has replaced
 */
export async function publishedChecklist(
  ctx: Ctx,
  id: string,
): Promise<FrozenChecklist & { status: 'published' }> {
  const found = await findChecklist(ctx, id);
  if (isFrozen(found) && found.status === 'published') {
    return found as FrozenChecklist & { status: 'published' };
  }
  throw problem('checklist.not_published', {
    detail:
      found.status === 'retired'
        ? `《${found.title}》第 ${found.version} 版已被新版替代，请选用新版`
        : `《${found.title}》第 ${found.version} 版尚未发布，请先发布`,
  });
}

/** A version under lock, for whoever changes it. @throws resource.not_found */
export async function lockChecklist(ctx: Ctx, id: string): Promise<Checklist> {
  const found = await ctx.em.findOne(Checklist, {
    where: { districtId: ctx.actor.districtId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!found || (found.status === 'draft' && !seesDrafts(ctx))) {
    throw problem('resource.not_found', '没有这份清单');
  }
  return found;
}
