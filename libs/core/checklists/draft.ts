import type { PolicyProfile, Subject } from '#rules/library.js';
import { invalid, problem } from '#rules/problems.js';
import type { Stage } from '#rules/stages.js';
import type { Ctx } from '../foundation/context.js';
import { defined } from '../foundation/defined.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import { library } from '../library/load.js';
import { Checklist, type ItemReference, isFrozen } from './checklist.entity.js';
import { lockChecklist } from './find.js';
import { itemFaults, requireItems, stagesOf } from './items.js';
import { viewChecklist } from './show.js';

export type NewChecklist = {
  code: string;
  title: string;
  subject: Subject;
  coverage: 'full' | 'partial';
  policyProfile: PolicyProfile;
  /** Without it, every stage that an item is about. */
  stages?: Stage[];
  note?: string | null;
  items: ItemReference[];
};

/**
 * A draft; of a code that is in use it is the next version, which replaces the one in force when it is published.
 * @throws checklist.item_unknown, request.invalid; checklist.draft_exists (409); resource.conflict (409) for a code
 * that stands for another kind of unit
 */
export async function draftChecklist(ctx: Ctx, given: NewChecklist): Promise<Checklist> {
  requireItems(given.items, given.subject, given.stages);
  const { districtId } = ctx.actor;
  const versions = await lockVersions(ctx, given.code);
  const other = versions.find(({ subject }) => subject !== given.subject);
  if (other) {
    throw problem('resource.conflict', `编号 ${given.code} 已用于《${other.title}》，请换一个编号`);
  }
  const draft = ctx.em.create(Checklist, {
    districtId,
    id: newId(ctx.now),
    code: given.code,
    version: Math.max(0, ...versions.map(({ version }) => version)) + 1,
    title: given.title,
    status: 'draft',
    subject: given.subject,
    stages: given.stages ?? stagesOf(given.items),
    policyProfile: given.policyProfile,
    coverage: given.coverage,
    note: given.note ?? null,
    items: given.items.map(referenceOf),
    createdBy: ctx.actor.kind === 'person' ? ctx.actor.userId : null,
    createdAt: ctx.now,
    publishedBy: null,
    publishedAt: null,
    revision: 1,
  });
  await ctx.em.insert(Checklist, draft);
  await record(ctx, {
    subjectType: 'checklist',
    subjectId: draft.id,
    action: 'checklist.drafted',
    data: { code: draft.code, version: draft.version, title: draft.title, items: draft.items },
  });
  return draft;
}

/** What a library checklist says, as a draft would have it. @throws request.invalid for a code the library lacks */
export function fromLibrary(code: string): NewChecklist {
  const list = library().checklists.find((one) => one.code === code);
  if (!list) {
    throw invalid({ pointer: '/fromLibrary', code: 'unknown', message: `清单库中没有 ${code}` });
  }
  return {
    code: list.code,
    title: list.title,
    subject: list.subject,
    coverage: list.coverage,
    policyProfile: list.policyProfile,
    stages: [...list.stages],
    note: list.note ?? null,
    items: list.items.map(referenceOf),
  };
}

export type ChecklistChange = Partial<Omit<NewChecklist, 'code' | 'subject' | 'items'>> & {
  items?: { itemCode: string; required?: boolean }[];
};

/** An item is to be checked at every visit unless it is said otherwise. */
export const referenceOf = ({
  itemCode,
  required,
}: {
  itemCode: string;
  required?: boolean;
}): ItemReference => ({
  itemCode,
  required: required ?? true,
});

/** Changes a draft. @throws resource.not_found, checklist.not_draft, request.stale, and as draftChecklist for items */
export async function changeDraft(ctx: Ctx, id: string, given: ChecklistChange): Promise<Checklist> {
  const change = defined(given);
  const draft = await lockChecklist(ctx, id);
  requireDraft(draft);
  await requireFresh(ctx, () => viewChecklist(ctx, draft));
  const items = change.items?.map(referenceOf) ?? (draft.items as ItemReference[]);
  requireItems(items, draft.subject, change.stages);
  // Items of further stages widen the list; they are refused only where the stages are given with them.
  const fit = itemFaults(items, draft.subject, draft.stages).length === 0;
  const stages = change.stages ?? (fit ? draft.stages : stagesOf(items));
  const before = { title: draft.title, coverage: draft.coverage, policyProfile: draft.policyProfile };
  Object.assign(draft, {
    ...change,
    stages,
    items,
    revision: draft.revision + 1,
  });
  await ctx.em.save(Checklist, draft);
  await record(ctx, {
    subjectType: 'checklist',
    subjectId: draft.id,
    action: 'checklist.changed',
    data: { before, change },
  });
  return draft;
}

/**
 * A new draft that begins with what this version says; items that the library has since given up would be named.
 * @throws resource.not_found; checklist.draft_exists (409) while a draft of the same code is open
 */
export async function reviseChecklist(ctx: Ctx, id: string): Promise<Checklist> {
  const from = await lockChecklist(ctx, id);
  if (!isFrozen(from)) throw draftExists(from);
  return draftChecklist(ctx, {
    code: from.code,
    title: from.title,
    subject: from.subject,
    coverage: from.coverage,
    policyProfile: from.policyProfile,
    stages: from.stages,
    note: from.note,
    items: from.items,
  });
}

/** @throws checklist.not_draft */
export function requireDraft(checklist: Checklist): void {
  if (checklist.status !== 'draft') {
    throw problem(
      'checklist.not_draft',
      `《${checklist.title}》第 ${checklist.version} 版已发布，请先修订为新版`,
    );
  }
}

/** The versions of a code, with nobody else making one meanwhile. @throws checklist.draft_exists */
async function lockVersions(
  ctx: Ctx,
  code: string,
): Promise<Pick<Checklist, 'version' | 'subject' | 'title'>[]> {
  const { districtId } = ctx.actor;
  await ctx.em.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 11))`, [`${districtId} ${code}`]);
  const versions = await ctx.em.findBy(Checklist, { districtId, code });
  const draft = versions.find(({ status }) => status === 'draft');
  if (draft) throw draftExists(draft);
  return versions;
}

const draftExists = (draft: Checklist) =>
  problem('checklist.draft_exists', {
    detail: `《${draft.title}》第 ${draft.version} 版草稿尚未发布，请直接修改该草稿`,
    extra: { draftId: draft.id },
  });
