import type { EntityManager } from 'typeorm';
import type { TrendMonth } from '#rules/circular.js';
import { isOverdue } from '#rules/clocks.js';
import { type IssueStatus, isOpen } from '#rules/issue-lifecycle.js';
import { type Day, type Month, shiftMonth } from '#rules/local-date.js';
import { openBy, stateUntil } from '../../issues/state-until.js';
import { closedIn, dueIn, outcomeOf, type Read, registeredIn, standing } from './figures.js';
import { endOfMonth, type Window, windowOf } from './window.js';

/** Months before the period that the course of the ledger is told for. */
const BEFORE = 5;

type Count = keyof Omit<TrendMonth, 'month'>;
/** The issues behind each count of a month, by id. */
export type TrendIssues = { month: Month } & Record<Count, string[]>;

/**
 * The ledger's course up to the period, from the first month that has anything to tell. Earlier months are counted at
 * their own end, as their circulars count them; the period's month is the circular's own figures, never counted twice.
 */
export async function trendIssues(em: EntityManager, read: Read): Promise<TrendIssues[]> {
  const { w } = read;
  const windows = Array.from({ length: BEFORE }, (_, i) => {
    const month = shiftMonth(w.period, i - BEFORE);
    return windowOf(w.districtId, month, endOfMonth(month));
  });
  const months = [...(await countMonths(em, windows)), periodOf(read)];
  const first = months.findIndex(
    ({ registered, closed, due, open }) => registered.length + closed.length + due.length + open.length > 0,
  );
  return months.slice(first < 0 ? BEFORE : first);
}

/** The counts alone. */
export const trendOf = (months: readonly TrendIssues[]): TrendMonth[] =>
  months.map(({ month, registered, closed, due, closedInTime, closedLate, open, overdue }) => ({
    month,
    registered: registered.length,
    closed: closed.length,
    due: due.length,
    closedInTime: closedInTime.length,
    closedLate: closedLate.length,
    open: open.length,
    overdue: overdue.length,
  }));

function periodOf(read: Read): TrendIssues {
  const [due, open] = [dueIn(read), read.ledger.filter((issue) => issue.open)];
  const ids = (issues: readonly { id: string }[]) => issues.map(({ id }) => id);
  const ended = (...outcomes: string[]) => ids(due.filter((issue) => outcomes.includes(outcomeOf(issue))));
  return {
    month: read.w.period,
    registered: ids(registeredIn(read)),
    closed: ids(closedIn(read)),
    due: ids(due),
    closedInTime: ended('closed_by_original', 'closed_by_extended'),
    closedLate: ended('closed_late'),
    open: ids(open),
    overdue: ids(open.filter((issue) => issue.overdue)),
  };
}

/** Issues alike in all that a count looks at, in one month. */
type Alike = {
  month: Month;
  ids: string[];
  registered: boolean;
  status: IssueStatus;
  dueOn: Day | null;
  originalDueOn: Day | null;
  requestedLate: boolean;
  requestedOn: Day | null;
  closedOn: Day | null;
};

/**
 * Reads no finding and no text, and lets the database put issues that stand alike together: a ledger of a hundred
 * thousand comes back as a few thousand rows. What they count as is decided by the rules of the circular itself.
 */
async function countMonths(em: EntityManager, windows: readonly Window[]): Promise<TrendIssues[]> {
  const day = (key: string) => `((e.after->>'${key}')::timestamptz AT TIME ZONE 'Asia/Shanghai')::date`;
  const rows: Alike[] = await em.query(
    `SELECT m.month, i.registered_at >= m.since AS registered, e.after->>'status' AS status, (e.after->>'dueOn')::date AS "dueOn",
       (e.after->>'originalDueOn')::date AS "originalDueOn", coalesce((e.after->>'requestedLate')::boolean, false) AS "requestedLate",
       ${day('closeRequestedAt')} AS "requestedOn", ${day('closedAt')} AS "closedOn",
       array_agg(i.id ORDER BY i.id) AS ids
     FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::date[], $6::date[])
       AS m(month, since, up_to, first_day, last_day)
     JOIN issues i ON i.district_id = $1 AND i.source <> 'self_check' AND i.registered_at <= m.up_to
       AND (${openBy('i.status')} OR i.changed_at >= m.since
         OR i.original_due_on BETWEEN m.first_day AND m.last_day)
     CROSS JOIN ${stateUntil('i', 'm.up_to')} e
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`,
    [
      windows[0]!.districtId,
      windows.map(({ period }) => period),
      windows.map(({ from }) => from),
      windows.map(({ upTo }) => upTo),
      windows.map(({ firstDay }) => firstDay),
      windows.map(({ lastDay }) => lastDay),
    ],
  );
  return windows.map((w) =>
    monthOf(
      w,
      rows.filter(({ month }) => month === w.period),
    ),
  );
}

function monthOf(w: Window, rows: readonly Alike[]): TrendIssues {
  const within = (day: Day | null) => day !== null && day >= w.firstDay && day <= w.lastDay;
  const issues = rows.map((row) => ({
    ...row,
    closedOn: row.status === 'closed' ? row.closedOn : null,
    open: isOpen(row.status),
    overdue: isOverdue({ ...row, officeDueOn: null, closeRequestedOn: row.requestedOn }, w.day),
    state: row,
  }));
  const count = (of: (issue: (typeof issues)[number]) => boolean) =>
    issues.flatMap((issue) => (of(issue) ? issue.ids : []));
  const due = (issue: (typeof issues)[number]) => within(issue.originalDueOn) && standing(issue);
  const ended = (...outcomes: string[]) =>
    count((issue) => due(issue) && outcomes.includes(outcomeOf(issue)));
  return {
    month: w.period,
    registered: count((issue) => issue.registered && standing(issue)),
    closed: count(({ closedOn }) => within(closedOn)),
    due: count(due),
    closedInTime: ended('closed_by_original', 'closed_by_extended'),
    closedLate: ended('closed_late'),
    open: count(({ open }) => open),
    overdue: count(({ open, overdue }) => open && overdue),
  };
}
