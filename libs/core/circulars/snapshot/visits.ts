import type { EntityManager } from 'typeorm';
import type { StoredAnswer } from '#rules/answers.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { type Answers, type AnswerTally, tallyAnswers } from '#rules/inspection-result.js';
import type { Day } from '#rules/local-date.js';
import type { Window } from './window.js';

/** A submitted inspection of the period, as it stood at the cut-off. */
export type Visit = {
  id: string;
  unitId: string;
  kind: string;
  on: Day;
  submittedAt: Date;
  strengths: string | null;
  dispositions: { itemCode: string; as: 'issue' | 'found_again' | 'reminder' }[];
  items: ResolvedItem[];
  answers: Answers;
  members: string[];
  sessions: number;
  tally: AnswerTally;
  /** Made before the period and synced in it (补录). */
  late: boolean;
};

/** Hours without an answer after which the next one belongs to another session of the same inspection. */
const SESSION_GAP = 2;

/** Inspections submitted in the period up to the cut-off (visits of a later month and self-checks are not among them). */
export async function visitsOf(em: EntityManager, w: Window): Promise<Visit[]> {
  const rows: Omit<Visit, 'tally' | 'late'>[] = await em.query(
    `SELECT x.id, x.unit_id AS "unitId", x.kind, coalesce(x.visited_on, x.scheduled_on) AS "on", x.submitted_at AS "submittedAt",
       x.strengths, c.items, x.answers,
       coalesce((SELECT e.data->'dispositions' FROM events e WHERE e.district_id = x.district_id AND e.subject_id = x.id
          AND e.subject_type = 'inspection' AND e.action = 'submit' ORDER BY e.id LIMIT 1), x.dispositions) AS dispositions,
       ARRAY(SELECT m.user_id FROM inspection_members m WHERE m.district_id = x.district_id AND m.inspection_id = x.id) AS members,
       (SELECT greatest(1, count(*) FILTER (WHERE gap IS NULL OR gap > make_interval(hours => ${SESSION_GAP})))::integer
        FROM (SELECT o.effective_at - lag(o.effective_at) OVER (ORDER BY o.effective_at) AS gap FROM answer_operations o
              WHERE o.district_id = x.district_id AND o.inspection_id = x.id AND o.revision IS NOT NULL AND o.amendment IS NULL) s) AS sessions
     FROM inspections x JOIN checklists c ON c.district_id = x.district_id AND c.id = x.checklist_id
     WHERE x.district_id = $1 AND x.status IN ('submitted', 'archived') AND x.kind <> 'self_check'
       AND x.submitted_at BETWEEN $2 AND $3 AND coalesce(x.visited_on, x.scheduled_on) <= $4
     ORDER BY "on", x.id`,
    [w.districtId, w.from, w.upTo, w.lastDay],
  );
  const corrected = await answersBeforeCorrection(
    em,
    w,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const answers = restored(row.answers, corrected.get(row.id));
    // What an amendment reversed is no failure any more, and so neither a reminder nor found again.
    const dispositions = row.dispositions.filter(
      ({ itemCode }) => answers[itemCode]?.verdict === 'non_compliant',
    );
    const tally = tallyAnswers(row.items, answers);
    return { ...row, answers, dispositions, tally, late: row.on < w.firstDay };
  });
}

/** Answers that an amendment corrected only after the cut-off, as they stood before it. */
async function answersBeforeCorrection(
  em: EntityManager,
  w: Window,
  inspectionIds: string[],
): Promise<Map<string, Record<string, StoredAnswer | null>>> {
  const rows: { id: string; before: Record<string, StoredAnswer | null> }[] = await em.query(
    `SELECT subject_id AS id, data->'before' AS before FROM events
     WHERE district_id = $1 AND subject_id = ANY($2) AND subject_type = 'inspection' AND action = 'amend' AND at > $3
     ORDER BY id DESC`,
    [w.districtId, inspectionIds, w.upTo],
  );
  const found = new Map<string, Record<string, StoredAnswer | null>>();
  // From the latest back: the first correction after the cut-off has the last word.
  for (const { id, before } of rows) found.set(id, { ...found.get(id), ...before });
  return found;
}

/** The answers with corrections taken back; an answer that only a correction brought is not there yet. */
function restored(answers: Answers, before: Record<string, StoredAnswer | null> = {}): Answers {
  return Object.fromEntries(
    Object.entries({ ...answers, ...before }).filter(
      (entry): entry is [string, StoredAnswer] => entry[1] !== null,
    ),
  );
}
