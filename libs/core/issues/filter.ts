import type { EscalationStep, IssueStatus, Severity, Source } from '#rules/issue-lifecycle.js';
import { type Day, endOfDay, isDay, localDay } from '#rules/local-date.js';
import { invalid } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import type { Where } from '../foundation/sql.js';
import { whereNumber } from './number-order.js';
import { withinLedger } from './read.js';

/** What the ledger can be asked for; several values of one filter are alternatives. Exports take the same. */
export type IssueFilter = {
  status?: IssueStatus[];
  severity?: Severity[];
  source?: Source[];
  unitId?: string;
  zoneId?: string;
  category?: string[];
  itemCode?: string[];
  inspectionId?: string;
  noticeId?: string;
  escalation?: EscalationStep[];
  overdue?: boolean;
  officeOverdue?: boolean;
  /** `suspected`: not confirmed yet; `confirmed`; `any` of both; `none`. */
  recurrence?: 'suspected' | 'confirmed' | 'any' | 'none';
  /** Deadline on or before this day. */
  dueBefore?: Day;
  /** An instant, ISO 8601, or a local day (its end): the ledger as it stood then. */
  asOf?: string;
  /** Part of the number, the finding or the unit's name. */
  q?: string;
};

/** The instant and day a question is asked for. @throws request.invalid for what is no instant, or one to come */
export function momentOf(
  ctx: Ctx,
  asOf: string | undefined,
  pointer = '/asOf',
): { at: Date | null; day: Day } {
  if (asOf === undefined) return { at: null, day: ctx.today };
  if (!isDay(asOf.slice(0, 10)) || Number.isNaN(Date.parse(asOf)) || asOf < '1900') {
    throw invalid({ pointer, code: 'instant', message: '应为真实的日期，或带时区的时刻' });
  }
  // The end of a day is exclusive; what happened in its last millisecond belongs to it.
  const at = asOf.length === 10 ? new Date(endOfDay(asOf).getTime() - 1) : new Date(asOf);
  if (at > ctx.now && localDay(at) > ctx.today) {
    throw invalid({ pointer, code: 'future', message: '不能查询将来的台账' });
  }
  return { at, day: localDay(at) };
}

/** The statuses stand first and alone, in the words of the partial indexes that answer. */
const UNIT_CLOCK = `i.status IN ('rectifying', 'close_requested', 'verified')`;
const OFFICE_CLOCK = `i.status IN ('close_requested', 'verified', 'objected')`;
const OVERDUE = `(i.status = 'rectifying' AND i.due_on < ?) OR (i.status IN ('close_requested', 'verified') AND i.requested_late)`;
const OFFICE_OVERDUE = `${OFFICE_CLOCK} AND i.office_due_on < ?`;

/** Adds a filter, within what the actor may see. `day`: the local day on which overdue is judged. */
export function filtered(where: Where, ctx: Ctx, filter: IssueFilter, day: Day): Where {
  withinLedger(where, ctx);
  soleReach(where, ctx);
  // A school's own list is never mixed into the district's ledger: it is shown where it is asked for by name.
  if (filter.source?.length) oneOf(where, 'i.source', filter.source);
  else where.and(`i.source <> 'self_check'`);
  oneOf(where, 'i.status', filter.status);
  oneOf(where, 'i.severity', filter.severity);
  oneOf(where, 'i.category', filter.category);
  oneOf(where, 'i.item_code', filter.itemCode);
  oneOf(where, 'i.escalation', filter.escalation);
  if (filter.unitId) where.and('i.unit_id = ?', filter.unitId);
  if (filter.zoneId) where.and('i.zone_id = ?', filter.zoneId);
  if (filter.inspectionId) where.and('i.inspection_id = ?', filter.inspectionId);
  if (filter.noticeId) where.and('i.notice_id = ?', filter.noticeId);
  if (filter.overdue === true) where.and(`${UNIT_CLOCK} AND (${OVERDUE})`, day);
  if (filter.overdue === false) where.and(`(${OVERDUE}) IS NOT TRUE`, day);
  if (filter.officeOverdue === true) where.and(OFFICE_OVERDUE, day);
  if (filter.officeOverdue === false) where.and(`(${OFFICE_OVERDUE}) IS NOT TRUE`, day);
  if (filter.recurrence === 'none') where.and('i.recurrence_of IS NULL');
  else if (filter.recurrence) where.and('i.recurrence_of IS NOT NULL');
  if (filter.recurrence === 'suspected') where.and('NOT i.recurrence_confirmed');
  if (filter.recurrence === 'confirmed') where.and('i.recurrence_confirmed');
  if (filter.dueBefore) where.and('i.due_on <= ?', filter.dueBefore);
  if (filter.q) search(where, ctx, filter.q);
  return where;
}

/** One value as an equation, so that an index on it gives its rows in order. */
export function oneOf(where: Where, column: string, values: readonly string[] | undefined): void {
  if (!values?.length) return;
  if (values.length === 1) where.and(`${column} = ?`, values[0]);
  else where.and(`${column} = ANY(?::text[])`, values);
}

/** The scope of who has one unit or one zone said once more as an equation: the planner then walks that index in order. */
function soleReach(where: Where, ctx: Ctx): void {
  const { actor } = ctx;
  if (actor.kind !== 'person') return;
  const of = (...roles: string[]) => actor.roles.every((role) => roles.includes(role));
  if (of('unit_leader', 'unit_clerk') && actor.unitId) where.and('i.unit_id = ?', actor.unitId);
  else if (of('zone_officer') && actor.zoneIds.length === 1) where.and('i.zone_id = ?', actor.zoneIds[0]);
}

function search(where: Where, ctx: Ctx, q: string): void {
  const text = q.trim();
  if (/^(WT|ZC)\d{4}-\d{5,}$/i.test(text)) {
    whereNumber(where, 'i.number', text.toUpperCase());
    return;
  }
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  where.and(
    `i.finding ILIKE ? OR i.number ILIKE ? OR i.unit_id IN (SELECT su.id FROM units su WHERE su.district_id = ? AND su.name ILIKE ?)`,
    like,
    like,
    ctx.actor.districtId,
    like,
  );
}
