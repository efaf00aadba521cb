import type { StoredAnswer } from '#rules/answers.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { type Finding, failures, findingOf, stagesOf } from '#rules/inspection-result.js';
import { invalid, problem } from '#rules/problems.js';
import { VISIBLE } from '#rules/visible-text.js';
import type { Ctx } from '../foundation/context.js';
import { foundAgain } from '../issues/found-again.js';
import type { Found } from './find.js';
import type { Disposition } from './inspection.entity.js';

/** A failed answer with what becomes of it: the ledger unless something else was said. */
export type Disposed = { finding: Finding; disposition: Disposition };

/**
 * What becomes of each failed answer, in the order of the checklist.
 * @throws request.invalid; disposition.serious_reminder (400)
 */
export function disposeFailures(
  { unit }: Found,
  items: readonly ResolvedItem[],
  answers: Readonly<Record<string, StoredAnswer>>,
  given: readonly Disposition[],
): Disposed[] {
  const failed = failures(items, answers);
  for (const [i, { itemCode, as, reason, issueId }] of given.entries()) {
    const at = `/dispositions/${i}`;
    const refuse = (field: string, message: string) =>
      invalid({ pointer: `${at}/${field}`, code: `disposition.${field}`, message });
    const item = failed.find((one) => one.itemCode === itemCode);
    if (!item) throw refuse('itemCode', '只有不符合的要点需要处置');
    if (given.findIndex((one) => one.itemCode === itemCode) !== i)
      throw refuse('itemCode', '同一要点只能处置一次');
    if (as === 'found_again' && !issueId) throw refuse('issueId', '请指明要并入的问题');
    if (as !== 'found_again' && issueId) throw refuse('issueId', '只有并入已有问题时才填问题编号');
    if (as === 'reminder' && !VISIBLE.test(reason ?? '')) throw refuse('reason', '现场提醒须说明理由');
    if (as === 'reminder' && isSerious(item, answers[itemCode]!)) {
      throw problem('disposition.serious_reminder', {
        detail: `“${item.title}”属严重问题，应列入台账`,
        errors: [
          { pointer: `${at}/as`, code: 'disposition.serious_reminder', message: '严重问题应列入台账' },
        ],
      });
    }
  }
  const unitStages = stagesOf(unit);
  return failed.map((item) => ({
    finding: findingOf(item, answers[item.itemCode]!, unitStages),
    disposition: given.find((one) => one.itemCode === item.itemCode) ?? {
      itemCode: item.itemCode,
      as: 'issue',
    },
  }));
}

/** A serious item stays one for the reminder, even where a single case is registered a step lower. */
const isSerious = (item: ResolvedItem, answer: StoredAnswer): boolean =>
  item.severity === 'serious' || findingOf(item, answer).severity === 'serious';

/**
 * Joins failed answers to issues that are open at the unit on the same item. Before anything else is locked: issues come
 * before facts and counters. @throws request.invalid, disposition.issue_not_open (400)
 */
export async function joinFoundAgain(
  ctx: Ctx,
  { inspection }: Found,
  given: readonly Disposition[],
): Promise<void> {
  const joined = given.filter((one) => one.as === 'found_again' && one.issueId);
  if (joined.length === 0) return;
  const rows: { id: string; itemCode: string | null }[] = await ctx.em.query(
    `SELECT id, item_code AS "itemCode" FROM issues
     WHERE district_id = $1 AND unit_id = $2 AND id = ANY($3::uuid[]) AND (source = 'self_check') = $4`,
    [
      ctx.actor.districtId,
      inspection.unitId,
      joined.map(({ issueId }) => issueId),
      inspection.kind === 'self_check',
    ],
  );
  for (const { itemCode, issueId } of [...joined].sort((a, b) => (a.issueId! < b.issueId! ? -1 : 1))) {
    if (rows.find((row) => row.id === issueId)?.itemCode !== itemCode) {
      const i = given.findIndex((one) => one.itemCode === itemCode);
      throw invalid({
        pointer: `/dispositions/${i}/issueId`,
        code: 'disposition.issueId',
        message: '只能并入该单位同一要点的问题',
      });
    }
    await foundAgain(ctx, issueId!, inspection.id);
  }
}
