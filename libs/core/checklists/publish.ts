import { problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { record } from '../history/events.js';
import { library } from '../library/load.js';
import { Checklist, type FrozenChecklist, type ItemReference } from './checklist.entity.js';
import { draftChecklist, fromLibrary, requireDraft } from './draft.js';
import { lockChecklist } from './find.js';
import { requireItems, resolveItems } from './items.js';
import { viewChecklist } from './show.js';

/**
 * Freezes a draft: limits are resolved for the district, and the version in force until now is retired. Inspections that
 * began under that one go on under it.
 * @throws resource.not_found, checklist.not_draft, checklist.empty, request.stale
 */
export async function publishChecklist(ctx: Ctx, id: string): Promise<FrozenChecklist> {
  const draft = await lockChecklist(ctx, id);
  requireDraft(draft);
  await requireFresh(ctx, () => viewChecklist(ctx, draft));
  const items = draft.items as ItemReference[];
  if (items.length === 0) throw problem('checklist.empty', '请先加入督导要点，再发布');
  requireItems(items, draft.subject);
  const { settings } = await districtOf(ctx);
  const { districtId } = ctx.actor;

  const inForce = await ctx.em.findOneBy(Checklist, { districtId, code: draft.code, status: 'published' });
  if (inForce) {
    await ctx.em.update(
      Checklist,
      { districtId, id: inForce.id },
      { status: 'retired', revision: inForce.revision + 1 },
    );
    await record(ctx, {
      subjectType: 'checklist',
      subjectId: inForce.id,
      action: 'checklist.retired',
      data: { replacedBy: draft.id },
    });
  }
  const published = Object.assign(draft, {
    status: 'published' as const,
    items: resolveItems(items, draft.policyProfile, settings),
    publishedBy: ctx.actor.kind === 'person' ? ctx.actor.userId : null,
    publishedAt: ctx.now,
    revision: draft.revision + 1,
  });
  await ctx.em.save(Checklist, published);
  await record(ctx, {
    subjectType: 'checklist',
    subjectId: draft.id,
    action: 'checklist.published',
    data: { code: draft.code, version: draft.version, title: draft.title, itemCount: items.length },
  });
  return published;
}

/**
 * Drafts and publishes every checklist of the library that the district does not have yet (a first start, tests).
 * Answers the versions in force by code. Runs in the caller's transaction.
 */
export async function seedChecklists(ctx: Ctx): Promise<Map<string, FrozenChecklist>> {
  const inForce = new Map<string, FrozenChecklist>();
  for (const { code } of library().checklists) {
    const [known] = await ctx.em.findBy(Checklist, {
      districtId: ctx.actor.districtId,
      code,
      status: 'published',
    });
    const list = known ?? (await publishChecklist(ctx, (await draftChecklist(ctx, fromLibrary(code))).id));
    inForce.set(code, list as FrozenChecklist);
  }
  return inForce;
}
