/** The two statements of a submission: what it reads, and all that it writes. */
import { queryPrepared } from '#platform/database.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { measurementsOf } from '#rules/inspection-result.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { Where } from '../foundation/sql.js';
import { closedBefore, type UnitStanding } from '../issues/register.js';
import { issueParts, NUMBERS } from '../issues/register-statement.js';
import { type Found, foundOf, foundSelect, LOCK_WITH_UNIT, visible } from './find.js';
import type { Inspection, InspectionStatus } from './inspection.entity.js';
import { insertMeasurements } from './measurements.js';

/** Codes of the failed answers. */
const FAILED = `ARRAY(SELECT jsonb_path_query(i.answers, '$.* ? (@.verdict == "non_compliant")')->>'itemCode')`;

/** The inspection with what stands at its unit. `locked` keeps others from changing record and unit until the transaction ends. */
export async function findToSubmit(
  ctx: Ctx,
  id: string,
  how: 'unlocked' | 'locked',
): Promise<Found & { standing: UnitStanding }> {
  const where = visible(new Where().and('i.id = ?', id), ctx.actor);
  const [row] = await queryPrepared<Record<string, unknown> & { '+': UnitStanding }>(
    ctx.em,
    `SELECT ${foundSelect(ctx.em)}, jsonb_build_object('settings', d.settings,
       'facts', (SELECT f.facts FROM unit_facts f WHERE f.district_id = i.district_id AND f.unit_id = i.unit_id),
       'closed', ${closedBefore('i.district_id', 'i.unit_id', FAILED)}) AS "+"
     FROM inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
     JOIN districts d ON d.id = i.district_id
     WHERE ${where} ${how === 'locked' ? LOCK_WITH_UNIT : ''}`,
    where.params,
    { alone: how === 'unlocked' },
  );
  if (!row) throw problem('resource.not_found', '没有这次检查');
  return { ...foundOf(row), standing: row['+'] };
}

/**
 * Freezes the record with its figures, its event and its issues, whose values are $1 to $18 (register-statement.ts). It answers
 * no row and has written nothing where record, unit or facts are no longer as they were read ($20, $32, $21). Locks in the order
 * of all verbs: record, unit, facts, counter.
 */
export const SUBMISSION_STATEMENT = `WITH ready AS (
    SELECT 1 FROM inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
    WHERE i.district_id = $1 AND i.id = $10 AND i.revision = $20 AND i.status = $19 AND u.revision = $32 ${LOCK_WITH_UNIT}
  ), tallied AS (
    INSERT INTO unit_facts (district_id, unit_id, facts, changed_at) SELECT $1, $7, $18, $12 FROM ready
    ON CONFLICT (district_id, unit_id) DO UPDATE SET facts = excluded.facts, change_seq = NULL,
        changed_at = greatest(unit_facts.changed_at, excluded.changed_at)
      WHERE unit_facts.facts = $21
    RETURNING 1
  ), frozen AS (
    UPDATE inspections SET status = 'submitted', summary = $22, strengths = $23, signatures = $24, dispositions = $25,
      visited_on = $26, judged = $27, met = $28, late_entry = $11, submitted_by = $13, submitted_at = $12,
      updated_at = $12, revision = revision + 1
    FROM tallied WHERE district_id = $1 AND id = $10
  ), measured AS (
    ${insertMeasurements('$1', '$7', '$10', '$29', '$26', '$12', '$30', 'tallied')}
  ), ${issueParts(
    'tallied',
    `SELECT 0 AS n, 'submit' AS action, 'inspection' AS subject_type, $10::uuid AS subject_id, $31::jsonb AS data FROM tallied`,
  )}
  SELECT ${NUMBERS} FROM tallied`;

/** $19 to $32 of the statement. `read`: what the submission was worked out from, the facts as JSON. */
export function submissionValues(
  ctx: Ctx,
  inspection: Inspection,
  items: readonly ResolvedItem[],
  read: { before: InspectionStatus; revision: number; unit: number; facts: string | null },
): unknown[] {
  const { visitedOn, judged, met, lateEntry, dispositions } = inspection;
  const figures = measurementsOf(items, inspection.answers).map((row) => ({ id: newId(ctx.now), ...row }));
  return [
    read.before,
    read.revision,
    read.facts,
    inspection.summary,
    inspection.strengths,
    JSON.stringify(inspection.signatures),
    JSON.stringify(dispositions),
    visitedOn,
    judged,
    met,
    inspection.kind === 'self_check',
    JSON.stringify(figures),
    JSON.stringify({
      before: { status: read.before },
      after: { status: 'submitted', visitedOn, judged, met, lateEntry },
      dispositions,
    }),
    read.unit,
  ];
}
