import type { Role } from '#rules/actor.js';
import { basisText } from '#rules/basis.js';
import { missingField, missingFields } from '#rules/issue-bodies.js';
import type { Severity, Source } from '#rules/issue-lifecycle.js';
import { permits } from '#rules/permissions.js';
import { invalid, problem } from '#rules/problems.js';
import { VISIBLE } from '#rules/visible-text.js';
import { standardValueText } from '#rules/wording.js';
import { linkAttachments } from '../attachments/link.js';
import { findUnit, requireOpen } from '../directory/find-unit.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { rolesAt } from '../foundation/scope.js';
import { library } from '../library/load.js';
import { itemOfLibrary } from './items.js';
import { readIssue } from './read.js';
import { type IssueDraft, registerIssues } from './register.js';
import type { IssueView } from './show.js';

/** The body of POST /issues. */
export type RegisterIssue = {
  unitId?: string;
  itemCode?: string;
  category?: string;
  finding?: string;
  severity?: Severity;
  source?: Exclude<Source, 'self_check'>;
  requirements?: string;
  inspectionId?: string;
  attachments?: string[];
};

/**
 * Registers one issue outside a submission (登记). An item of the library gives category, basis, limit and whether evidence
 * is demanded at close-out. @throws issue.missing_field, resource.not_found, issue.not_permitted, inspection.not_on_team, unit.closed,
 * request.invalid
 */
export async function registerByHand(ctx: Ctx, given: RegisterIssue): Promise<IssueView> {
  const unmet = [
    ...(given.unitId ? [] : [missingField('unitId', '请选择被督导单位')]),
    ...(given.itemCode || given.category ? [] : [missingField('category', '请选择要点或类别')]),
    ...(VISIBLE.test(given.finding ?? '') ? [] : [missingField('finding', '请填写查见的问题')]),
    ...(given.severity ? [] : [missingField('severity', '请选择等级')]),
  ];
  if (!given.unitId) throw missingFields(...unmet);
  const unit = await findUnit(ctx, given.unitId, { stay: true });
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  const source = given.source ?? 'visit';
  if (!permits(roles, 'issue.register')) {
    throw problem('issue.not_permitted', '您的岗位不能在该单位登记问题，或应当回避');
  }
  if (
    source !== 'visit' &&
    !roles.some((role) => role !== 'inspector' && permits([role], 'issue.register'))
  ) {
    throw problem('issue.not_permitted', '责任督学只登记督导检查查见的问题，交办、督查、举报由督导机构登记');
  }
  if (unmet.length) throw missingFields(...unmet);
  requireOpen(unit, ctx.today);
  if (given.inspectionId) await requireVisit(ctx, given.inspectionId, unit.id, roles);
  const [issue] = await registerIssues(
    ctx,
    { unit, source, inspectionId: given.inspectionId ?? null, feedbackOn: ctx.today, lateEntry: false },
    [await draftOf(ctx, given, unit)],
  );
  await linkAttachments(ctx, { type: 'issue', id: issue!.id }, given.attachments ?? []);
  return readIssue(ctx, issue!.id);
}

async function draftOf(ctx: Ctx, given: RegisterIssue, unit: Pick<Unit, 'kind'>): Promise<IssueDraft> {
  const draft = {
    finding: given.finding!,
    severity: given.severity!,
    measuredValue: null,
    requirements: given.requirements ?? null,
    attachments: [],
  };
  if (!given.itemCode) {
    const free = { itemCode: null, basis: null, standardValue: null, evidenceRequired: false };
    return { ...draft, ...free, category: given.category! };
  }
  const { itemByCode, policies } = library();
  const item = itemByCode.get(given.itemCode);
  const resolved = await itemOfLibrary(ctx, given.itemCode);
  if (!item || !resolved) {
    throw problem('checklist.item_unknown', {
      detail: '要点库中没有这一要点',
      errors: [{ pointer: '/itemCode', code: 'checklist.item_unknown', message: '没有这一要点' }],
    });
  }
  if (item.subject !== unit.kind) {
    const message = `要点“${item.title}”不适用于这类单位`;
    throw invalid({ pointer: '/itemCode', code: 'item.subject', message });
  }
  if (given.category && given.category !== item.category) {
    throw invalid({ pointer: '/category', code: 'differs', message: `该要点属于“${item.category}”` });
  }
  return {
    ...draft,
    itemCode: item.itemCode,
    category: item.category,
    basis: basisText(item, policies),
    standardValue: standardValueText(resolved) || null,
    evidenceRequired: item.evidenceRequired,
  };
}

/**
 * The inspection named must be one of this unit, and no self-check: its findings are another list. What it found stands in
 * its printed record, so an inspector adds to the record of the own team alone.
 */
async function requireVisit(
  ctx: Ctx,
  inspectionId: string,
  unitId: string,
  roles: readonly Role[],
): Promise<void> {
  const [found]: { onTeam: boolean }[] = await ctx.em.query(
    `SELECT EXISTS (SELECT 1 FROM inspection_members m
       WHERE m.district_id = x.district_id AND m.inspection_id = x.id AND m.user_id = $4) AS "onTeam"
     FROM inspections x
     WHERE x.district_id = $1 AND x.id = $2 AND x.unit_id = $3 AND x.kind <> 'self_check' AND x.status <> 'cancelled'`,
    [ctx.actor.districtId, inspectionId, unitId, ctx.actor.userId],
  );
  if (!found) {
    throw invalid({ pointer: '/inspectionId', code: 'not_of_unit', message: '该单位没有这次督导检查' });
  }
  if (!found.onTeam && !permits(roles, 'inspection.arrange')) {
    throw problem('inspection.not_on_team', '责任督学只登记本组检查查见的问题');
  }
}
