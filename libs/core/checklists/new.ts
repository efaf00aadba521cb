import type { PolicyProfile } from '#rules/library.js';
import { invalid } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { defined } from '../foundation/defined.js';
import type { Checklist } from './checklist.entity.js';
import { draftChecklist, fromLibrary, type NewChecklist, referenceOf } from './draft.js';

export type ChecklistRequest = Partial<Omit<NewChecklist, 'items'>> & {
  /** Code of a checklist of the library; what else is given takes the place of what that says. */
  fromLibrary?: string;
  items?: { itemCode: string; required?: boolean }[];
};

/**
 * A draft from a library checklist, from scratch, or from the one with changes. Items are to be checked unless they say
 * otherwise; the policy profile is the district's unless one is given.
 * @throws request.invalid naming what is missing, and as draftChecklist
 */
export async function createChecklist(ctx: Ctx, given: ChecklistRequest): Promise<Checklist> {
  const { fromLibrary: source, ...own } = given;
  const told = { ...(source ? fromLibrary(source) : {}), ...defined(own) };
  const missing = (['code', 'title', 'subject', 'coverage', 'items'] as const).filter(
    (field) => told[field] === undefined,
  );
  if (missing.length) {
    throw invalid(
      ...missing.map((field) => ({ pointer: `/${field}`, code: 'is_missing', message: '不能为空' })),
    );
  }
  const { settings } = await districtOf(ctx);
  const items = told.items!.map(referenceOf);
  const policyProfile = told.policyProfile ?? (settings.policyProfile as PolicyProfile);
  return draftChecklist(ctx, { ...(told as NewChecklist), policyProfile, items });
}
