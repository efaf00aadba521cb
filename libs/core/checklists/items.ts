import { type ResolvedItem, resolveItem } from '#rules/checklist.js';
import type { LibraryItem, PolicyProfile, Subject } from '#rules/library.js';
import { type FieldError, invalid, problem } from '#rules/problems.js';
import type { DistrictSettings } from '#rules/settings.js';
import { STAGE_TEXT, type Stage } from '#rules/stages.js';
import { library } from '../library/load.js';
import type { ItemReference } from './checklist.entity.js';

export const SUBJECT_TEXT: Record<Subject, string> = {
  school: '学校',
  training_institution: '校外培训机构',
  department: '教育行政部门',
};

/** What is wrong with the items of a draft, each named by a JSON pointer below `/items`. */
export function itemFaults(
  items: readonly ItemReference[],
  subject: Subject,
  stages?: readonly Stage[],
): FieldError[] {
  const seen = new Set<string>();
  return items.flatMap(({ itemCode }, i): FieldError[] => {
    const pointer = `/items/${i}/itemCode`;
    const item = library().itemByCode.get(itemCode);
    if (!item) {
      return [{ pointer, code: 'checklist.item_unknown', message: `要点库中没有 ${itemCode}` }];
    }
    if (seen.has(itemCode)) return [{ pointer, code: 'duplicate', message: `要点 ${itemCode} 重复` }];
    seen.add(itemCode);
    if (item.subject !== subject) {
      const message = `要点 ${itemCode} 适用于${SUBJECT_TEXT[item.subject]}，不能列入${SUBJECT_TEXT[subject]}的清单`;
      return [{ pointer, code: 'subject_mismatch', message }];
    }
    if (stages && !item.stages.some((stage) => stages.includes(stage))) {
      const message = `要点 ${itemCode} 只涉及${item.stages.map((stage) => STAGE_TEXT[stage]).join('、')}`;
      return [{ pointer, code: 'stage_mismatch', message }];
    }
    return [];
  });
}

/** @throws checklist.item_unknown (400) where the library lacks an item, else request.invalid (400), naming every fault */
export function requireItems(
  items: readonly ItemReference[],
  subject: Subject,
  stages?: readonly Stage[],
): void {
  const errors = itemFaults(items, subject, stages);
  if (errors.length === 0) return;
  if (errors.some(({ code }) => code === 'checklist.item_unknown')) {
    throw problem('checklist.item_unknown', { detail: errors[0]?.message, errors });
  }
  throw invalid(...errors);
}

/** Every stage that some item is about, in the order of school life: the stages of a list that names none. */
export function stagesOf(items: readonly ItemReference[]): Stage[] {
  const found = items.flatMap(({ itemCode }) => library().itemByCode.get(itemCode)?.stages ?? []);
  return (['primary', 'junior', 'senior'] as const).filter((stage) => found.includes(stage));
}

/** The items as a publication at this moment would freeze them: limits resolved for the district. */
export function resolveItems(
  items: readonly ItemReference[],
  policyProfile: PolicyProfile,
  settings: DistrictSettings,
): ResolvedItem[] {
  const { policies, itemByCode } = library();
  return items.map(({ itemCode, required }) =>
    // References were checked when they were written, and the library only ever grows.
    resolveItem(itemByCode.get(itemCode) as LibraryItem, settings, { policies, policyProfile, required }),
  );
}
