import { type ResolvedItem, resolveItem } from '#rules/checklist.js';
import { stagesOf } from '#rules/inspection-result.js';
import type { Remeasured } from '#rules/remeasure.js';
import type { Stage } from '#rules/stages.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { library } from '../library/load.js';
import type { Issue } from './issue.entity.js';

/** An item of the library with the district's limits in it; null where there is none of that code. */
export async function itemOfLibrary(ctx: Ctx, itemCode: string): Promise<ResolvedItem | null> {
  const { itemByCode, policies } = library();
  const item = itemByCode.get(itemCode);
  return item ? resolveItem(item, (await districtOf(ctx)).settings, { policies }) : null;
}

/**
 * What an issue's figures are held against when they are measured again. What was judged under a limit stays judged under it,
 * so the list of its visit comes first.
 */
export async function remeasuredBy(ctx: Ctx, issue: Issue): Promise<Remeasured> {
  const [row]: [{ kind: string; stages: Stage[]; item: ResolvedItem | null }] = await ctx.em.query(
    `SELECT u.kind, u.stages, (SELECT item FROM inspections x
       JOIN checklists c ON c.district_id = x.district_id AND c.id = x.checklist_id, jsonb_array_elements(c.items) AS item
       WHERE x.district_id = $1 AND x.id = $3 AND item ->> 'itemCode' = $4) AS item
     FROM units u WHERE u.district_id = $1 AND u.id = $2`,
    [issue.districtId, issue.unitId, issue.inspectionId, issue.itemCode],
  );
  const unitStages = stagesOf(row);
  return {
    item: row.item ?? (issue.itemCode === null ? null : await itemOfLibrary(ctx, issue.itemCode)),
    schoolSystem: (await districtOf(ctx)).settings.schoolSystem,
    ...(unitStages && { unitStages }),
  };
}
