/** The two statements of a submission: what it reads, and all that it writes. */
import type { DataSource, EntityManager } from 'typeorm';
import { queryPrepared } from '#platform/database.js';
import { Gather } from '#platform/gather.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { measurementsOf } from '#rules/inspection-result.js';
import { problem } from '#rules/problems.js';
import { FACTS_SET } from '../compliance/unit-facts.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { Where } from '../foundation/sql.js';
import { closedBefore, type UnitStanding } from '../issues/register.js';
import {
  type IssueLine,
  issueParts,
  REGISTER_COLUMNS,
  type RegisterRow,
  WRITTEN,
  type Written,
} from '../issues/register-statement.js';
import { type Found, foundOf, foundSelect, LOCK_WITH_UNIT, visible } from './find.js';
import type { Inspection, InspectionStatus } from './inspection.entity.js';
import { insertMeasurements } from './measurements.js';

/** The inspection with what stands at its unit. `locked` keeps others from changing record and unit until the transaction ends. */
export async function findToSubmit(
  ctx: Ctx,
  id: string,
  how: 'unlocked' | 'locked',
): Promise<Found & { standing: UnitStanding }> {
  const where = visible(new Where().and('i.id = ?', id), ctx.actor);
  const now = where.param(ctx.now);
  const [row] = await queryPrepared<Record<string, unknown> & { '+': UnitStanding }>(
    ctx.em,
    `SELECT ${foundSelect(ctx.em)}, jsonb_build_object('recurrenceMonths', d.settings->'recurrenceMonths',
       'facts', f.facts, 'closed', ${closedBefore('i.district_id', 'i.unit_id', now, 'f.facts')}) AS "+"
     FROM inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
     JOIN districts d ON d.id = i.district_id
     LEFT JOIN unit_facts f ON f.district_id = i.district_id AND f.unit_id = i.unit_id
     WHERE ${where} ${how === 'locked' ? LOCK_WITH_UNIT : ''}`,
    where.params,
    { shared: how === 'unlocked' },
  );
  if (!row) throw problem('resource.not_found', '没有这次检查');
  return { ...foundOf(row), standing: row['+'] };
}

/** All that one submission writes. */
export type SubmissionWrite = { row: RegisterRow & RecordRow; lines: IssueLine[] };
type RecordRow = ReturnType<typeof recordRow>;

const RECORD_COLUMNS = `before text, revision integer, "unitRevision" integer, was text, summary text, strengths text, signatures jsonb,
  dispositions jsonb, "visitedOn" date, judged integer, met integer, figures jsonb, event jsonb`;

/**
 * Freezes records with their figures, their events and their issues, any number at different units that have facts. It
 * answers no row for a submission, and has written nothing of it, where record, unit or facts are no longer as they were read,
 * or somebody holds them: nobody waits for what concerns another's unit. Locks in the order of all verbs (records, units, facts,
 * counters), and within each in the order of their keys.
 */
const SUBMISSION_STATEMENT = `WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS s(${REGISTER_COLUMNS}, ${RECORD_COLUMNS})
  ), held AS (
    SELECT s.n FROM asked s JOIN inspections i ON i.district_id = s.district AND i.id = s.inspection
    WHERE i.revision = s.revision AND i.status = s.before AND i.unit_id = s.unit
    ORDER BY i.district_id, i.id FOR UPDATE OF i SKIP LOCKED
  ), ready AS (
    SELECT s.* FROM held JOIN asked s USING (n) JOIN units u ON u.district_id = s.district AND u.id = s.unit
    WHERE u.revision = s."unitRevision" ORDER BY u.district_id, u.id FOR SHARE OF u SKIP LOCKED
  ), known AS (
    SELECT s.n FROM ready s JOIN unit_facts f ON f.district_id = s.district AND f.unit_id = s.unit
    WHERE f.facts = s.was::jsonb ORDER BY f.district_id, f.unit_id FOR UPDATE OF f SKIP LOCKED
  ), changed AS (
    UPDATE unit_facts f SET ${FACTS_SET}
    FROM known JOIN ready s USING (n) WHERE f.district_id = s.district AND f.unit_id = s.unit
    RETURNING s.n
  ), put AS (
    SELECT s.* FROM ready s WHERE n IN (SELECT n FROM changed)
  ), frozen AS (
    UPDATE inspections i SET status = 'submitted', summary = s.summary, strengths = s.strengths, signatures = s.signatures,
      dispositions = s.dispositions, visited_on = s."visitedOn", judged = s.judged, met = s.met, late_entry = s.late,
      submitted_by = s.by, submitted_at = s.now, updated_at = s.now, revision = i.revision + 1
    FROM put s WHERE i.district_id = s.district AND i.id = s.inspection
  ), measured AS (
    ${insertMeasurements('s.district', 's.unit', 's.inspection', "s.source = 'self_check'", 's."visitedOn"', 's.now', 's.figures', 'put s')}
  ), ${issueParts(
    `SELECT n AS of, 0 AS n, district, now AS at, actor AS actor_id, "actorName" AS actor_name, 'inspection' AS subject_type,
       inspection AS subject_id, unit AS unit_id, 'submit' AS action, event AS data, request AS request_id FROM put`,
  )}
  ${WRITTEN}`;

/** What a submission adds to the `RegisterRow` of its issues. `read`: what it was worked out from, the facts as JSON. */
export function recordRow(
  ctx: Ctx,
  inspection: Inspection,
  items: readonly ResolvedItem[],
  read: { before: InspectionStatus; revision: number; unit: number; facts: string },
) {
  const { visitedOn, judged, met, lateEntry, dispositions, summary, strengths, signatures } = inspection;
  return {
    before: read.before,
    revision: read.revision,
    unitRevision: read.unit,
    was: read.facts,
    summary,
    strengths,
    signatures,
    dispositions,
    visitedOn,
    judged,
    met,
    figures: measurementsOf(items, inspection.answers).map((row) => ({ id: newId(ctx.now), ...row })),
    event: {
      before: { status: read.before },
      after: { status: 'submitted', visitedOn, judged, met, lateEntry },
      dispositions,
    },
  };
}

/** Writes submissions in one statement; null for each of which nothing was written. */
async function write(em: EntityManager, all: readonly SubmissionWrite[]): Promise<(string[] | null)[]> {
  const written = await queryPrepared<Written>(
    em,
    SUBMISSION_STATEMENT,
    [
      JSON.stringify(all.map(({ row }, n) => Object.assign(row, { n }))),
      JSON.stringify(all.flatMap(({ lines }, of) => lines.map((line) => Object.assign(line, { of })))),
    ],
    { patience: PATIENCE },
  );
  const numbers = new Map(written.map((row) => [row.n, row.numbers]));
  return all.map((_, n) => numbers.get(n) ?? null);
}

/**
 * SQLSTATE classes of what one row of a batch may have done to all: a value, a constraint, a deadlock, a lock. Everything else
 * (connection, resources, cancelled) is everybody's.
 */
const OF_A_ROW = new Set(['21', '22', '23', '40', '55']);

async function writeTogether(em: EntityManager, all: SubmissionWrite[]): Promise<(string[] | null)[]> {
  try {
    return await write(em, all);
  } catch (error) {
    const state = (error as { code?: unknown }).code;
    if (typeof state === 'string' && state.length === 5 && OF_A_ROW.has(state.slice(0, 2)))
      return all.map(() => null);
    throw error;
  }
}

/** Two batches: one is prepared and sent while the other commits. More would only make them smaller. */
const AT_ONCE = 2;
const MOST = 32;
/** ms until whoever waits for a batch to begin, and then for its answer, is told to come again. */
const PATIENCE = 15_000;
const gathers = new WeakMap<DataSource, Gather<SubmissionWrite, string[] | null>>();

function gatherOf(database: DataSource): Gather<SubmissionWrite, string[] | null> {
  let gather = gathers.get(database);
  if (!gather) {
    gather = new Gather((all) => writeTogether(database.manager, all), {
      atOnce: AT_ONCE,
      most: MOST,
      keyOf: ({ row }) => row.unit,
      patience: PATIENCE,
    });
    gathers.set(database, gather);
  }
  return gather;
}

/**
 * Writes a submission and answers the numbers of its issues; null where nothing was written because something had changed.
 * Outside a transaction it goes together with whatever else is submitted at that moment.
 */
export async function writeSubmission(ctx: Ctx, submission: SubmissionWrite): Promise<string[] | null> {
  if (!ctx.em.queryRunner) return gatherOf(ctx.em.connection).add(submission);
  const [numbers] = await write(ctx.em, [submission]);
  return numbers ?? null;
}
