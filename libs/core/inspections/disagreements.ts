import { contentOf, type GivenOperation } from '#rules/answer-check.js';
import type { StoredAnswer } from '#rules/answers.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { verdictText } from '#rules/inspection-result.js';
import { judge } from '#rules/verdict.js';
import type { Ctx } from '../foundation/context.js';

export type Disagreement = { itemCode: string; title: string; said: string[]; settled: string | null };

type Row = { itemCode: string; given: GivenOperation; at: Date; by: string };

/**
 * Items on which members of the team contradicted each other before submission, with what each said and what stands. What was
 * corrected afterwards is told by the amendments. `minute` words an instant.
 */
export async function disagreementsOf(
  ctx: Ctx,
  inspectionId: string,
  answers: Readonly<Record<string, StoredAnswer>>,
  items: readonly ResolvedItem[],
  minute: (at: Date) => string,
): Promise<Disagreement[]> {
  const rows: Row[] = await ctx.em.query(
    `SELECT o.item_code AS "itemCode", o.body->'given' AS given, o.effective_at AS at, u.name AS by
     FROM answer_operations o JOIN users u ON u.district_id = o.district_id AND u.id = o.user_id
     WHERE o.district_id = $1 AND o.inspection_id = $2 AND o.outcome <> 'rejected' AND o.amendment IS NULL
       AND o.item_code IN (SELECT c.item_code FROM answer_operations c
         WHERE c.district_id = $1 AND c.inspection_id = $2 AND c.outcome = 'conflict' AND c.amendment IS NULL)
     ORDER BY o.revision`,
    [ctx.actor.districtId, inspectionId],
  );
  return items.flatMap((item) => {
    const own = rows.filter(({ itemCode }) => itemCode === item.itemCode);
    const standing = answers[item.itemCode];
    if (own.length === 0 || !standing) return [];
    const words = (given: GivenOperation): string => {
      const { verdict, measures, note, reason } = contentOf(given);
      const { measuredValue } = judge(item, measures);
      const figures = measuredValue ? `实测${measuredValue}` : '';
      return [verdictText(item, verdict), figures, note, reason].filter(Boolean).join('，');
    };
    return [
      {
        itemCode: item.itemCode,
        title: item.title,
        said: own.map(({ given, at, by }) => `${by}（${minute(at)}）：${words(given)}`),
        settled: standing.conflict ? null : verdictText(item, standing.verdict),
      },
    ];
  });
}
