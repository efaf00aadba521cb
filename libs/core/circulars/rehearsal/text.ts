/** What a draft's text is looked over for: numbers, names and annexes. */
import { type CircularSnapshot, printedIssues } from '#rules/circular.js';
import {
  annexesBeyond,
  eachParagraph,
  finding,
  namesIn,
  numbersByHand,
  PART_TITLES,
  type RehearsalFinding,
} from '#rules/circular-rehearsal.js';
import type { Ctx } from '../../foundation/context.js';
import type { Circular } from '../circular.entity.js';
import type { Frozen } from './frozen.js';

/** Units with an issue that was disputed at the cut-off, or is now: none of them is named in a circular. */
async function disputedUnits(ctx: Ctx, snapshot: CircularSnapshot): Promise<Set<string>> {
  const disputed = printedIssues(snapshot).filter((one) => one.disputed);
  const rows: { unitId: string }[] = await ctx.em.query(
    `SELECT DISTINCT unit_id AS "unitId" FROM issues
     WHERE district_id = $1 AND (id = ANY($2::uuid[]) OR (status = 'objected' AND source <> 'self_check'))`,
    [ctx.actor.districtId, disputed.map(({ issueId }) => issueId)],
  );
  return new Set(rows.map(({ unitId }) => unitId));
}

type Named = { part: keyof typeof PART_TITLES; paragraph: number; unitId: string; name: string };

/** Units of the district that the text names, as they are called now or were at the cut-off, where it names them. */
async function unitsNamed(
  ctx: Ctx,
  { snapshot, text }: Frozen,
): Promise<{ named: Named[]; names: string[] }> {
  const rows: { id: string; name: string }[] = await ctx.em.query(
    `SELECT id, name FROM units WHERE district_id = $1`,
    [ctx.actor.districtId],
  );
  const unitOf = new Map(rows.map(({ id, name }) => [name, id]));
  for (const { unit } of [...snapshot.units, ...snapshot.practice, ...snapshot.lateVisits]) {
    if (!unitOf.has(unit.name)) unitOf.set(unit.name, unit.id);
  }
  const names = [...unitOf.keys()];
  const named = eachParagraph(text).flatMap(({ part, paragraph, text: words }) =>
    namesIn(words, names).map((name) => ({ part, paragraph, name, unitId: unitOf.get(name)! })),
  );
  return { named, names };
}

/**
 * What blocks: text that names a unit with a disputed issue. To praise such a unit is for a person to decide, and only
 * warned of.
 */
export async function disputedNames(ctx: Ctx, frozen: Frozen): Promise<RehearsalFinding[]> {
  const disputed = await disputedUnits(ctx, frozen.snapshot);
  if (disputed.size === 0) return [];
  const { named } = await unitsNamed(ctx, frozen);
  return named
    .filter(({ unitId }) => disputed.has(unitId))
    .map(({ part, paragraph, name }) => {
      const where = `“${PART_TITLES[part]}”第${paragraph}段`;
      return part === 'practice'
        ? finding(
            'praises_disputed_unit',
            `${where}点到${name}，该单位有问题正在申辩，请斟酌是否在本期表扬`,
            [name],
            { part, paragraph },
          )
        : finding(
            'names_disputed_unit',
            `${where}点到${name}，该单位有问题正在申辩，申辩办结前不得点名，请删去单位名称`,
            [name],
            { part, paragraph },
          );
    });
}

/** Everything else about the text. */
export async function textFindings(
  ctx: Ctx,
  circular: Circular,
  frozen: Frozen,
): Promise<RehearsalFinding[]> {
  const { snapshot, text } = frozen;
  const { named, names } = await unitsNamed(ctx, frozen);
  const known = new Set(
    [...snapshot.units, ...snapshot.practice, ...snapshot.lateVisits, ...printedIssues(snapshot)].flatMap(
      ({ unit }) => unit?.id ?? [],
    ),
  );
  return [
    ...numbersByHand(circular.narrative, snapshot, names),
    ...annexesBeyond(text, circular.annexes.length),
    ...named
      .filter(({ unitId }) => !known.has(unitId))
      .map(({ part, paragraph, name }) =>
        finding(
          'unknown_unit',
          `“${PART_TITLES[part]}”第${paragraph}段点到${name}，本期数据中没有该单位的检查或问题`,
          [name],
          { part, paragraph },
        ),
      ),
  ];
}
