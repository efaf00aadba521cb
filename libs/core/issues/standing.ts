import { type Actor, rolesOver } from '#rules/actor.js';
import { addWorkingDays, type YearCalendar } from '#rules/calendar.js';
import { type IssueFacts, mayEver, OFFICE, type PersonFacts, statusesAsking } from '#rules/issue-guards.js';
import type { Day } from '#rules/local-date.js';
import type { DistrictSettings } from '#rules/settings.js';
import { active, hasLeader } from '../directory/active.js';
import { calendarsOf } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import type { Where } from '../foundation/sql.js';
import type { Issue } from './issue.entity.js';
import { statusIn } from './state-until.js';

/** How the actor stands to one issue, as the database answers it. */
export type Standing = {
  assigned: boolean;
  leadsInspection: boolean;
  onTeam: boolean;
  unitHasLeader: boolean;
  nobodyElse: boolean;
};

/** People who could verify issue `i`, as `v`: inspectors and zone officers of its zone or teams, not of the unit itself. */
export const verifiersOf = (today: string): string =>
  `FROM users v WHERE v.district_id = i.district_id AND v.roles && ARRAY['inspector', 'zone_officer']
     AND ${active('v', today)} AND v.unit_id IS DISTINCT FROM i.unit_id
     AND (EXISTS (SELECT 1 FROM user_zones z WHERE z.district_id = v.district_id AND z.user_id = v.id AND z.zone_id = i.zone_id)
       OR ('inspector' = ANY(v.roles) AND EXISTS (SELECT 1 FROM inspection_members m JOIN inspections x
           ON x.district_id = m.district_id AND x.id = m.inspection_id
           WHERE m.district_id = v.district_id AND m.user_id = v.id AND x.unit_id = i.unit_id AND x.status <> 'cancelled')))
     AND v.id::text IS DISTINCT FROM i.process #>> '{rectification,by}'`;

const LEAD_ASKED = statusIn('i.status', statusesAsking('leads_inspection', 'inspector_leads_minor'));
const TEAM_ASKED = statusIn('i.status', statusesAsking('not_of_team'));

/** Only the office acts for a unit without a leader. */
export const actsForUnits = (actor: Actor): boolean => OFFICE.some((role) => actor.roles.includes(role));

/** The columns of a Standing for issue `i`. What no role of the actor and no action of the status depends on is not asked. */
export function standingColumns(where: Where, ctx: Ctx): string {
  const { actor } = ctx;
  if (actor.kind !== 'person') {
    return `false AS assigned, false AS "leadsInspection", false AS "onTeam", true AS "unitHasLeader", false AS "nobodyElse"`;
  }
  const user = `${where.param(actor.userId)}::uuid`;
  // A parameter that no condition names would be refused.
  let day: string | undefined;
  const today = () => (day ??= `${where.param(ctx.today)}::date`);
  const assigned = actor.roles.includes('inspector')
    ? `EXISTS (SELECT 1 FROM inspection_members m JOIN inspections x ON x.district_id = m.district_id AND x.id = m.inspection_id
        WHERE m.district_id = i.district_id AND m.user_id = ${user} AND x.unit_id = i.unit_id AND x.status <> 'cancelled')`
    : 'false';
  const nobodyElse = actor.roles.includes('bureau_leader')
    ? `CASE WHEN i.status = 'close_requested' THEN NOT EXISTS (SELECT 1 ${verifiersOf(today())}) ELSE false END`
    : 'false';
  const unitHasLeader = actsForUnits(actor) ? hasLeader('i.district_id', 'i.unit_id', today()) : 'true';
  return `${assigned} AS assigned,
    ${LEAD_ASKED} AND EXISTS (SELECT 1 FROM inspections x
      WHERE x.district_id = i.district_id AND x.id = i.inspection_id AND x.lead_id = ${user}) AS "leadsInspection",
    ${TEAM_ASKED} AND EXISTS (SELECT 1 FROM inspection_members m
      WHERE m.district_id = i.district_id AND m.inspection_id = i.inspection_id AND m.user_id = ${user}) AS "onTeam",
    ${unitHasLeader} AS "unitHasLeader",
    ${nobodyElse} AS "nobodyElse"`;
}

export const personFacts = (actor: Actor, issue: Issue, standing: Standing): PersonFacts => ({
  userId: actor.userId,
  roles: rolesOver(actor, { unitId: issue.unitId, zoneId: issue.zoneId }, standing.assigned),
  leadsInspection: standing.leadsInspection,
  onTeam: standing.onTeam,
  unitHasLeader: standing.unitHasLeader,
  nobodyElse: standing.nobodyElse,
});

/** What the guards need of the district, read only where a unit's own action is in question. */
export type LedgerRules = {
  settings: DistrictSettings;
  calendars: readonly YearCalendar[];
  /** Periods counted already: a page of issues has few different days. */
  counted: Map<string, Day | null>;
};
export const ledgerRules = async (ctx: Ctx): Promise<LedgerRules> => ({
  settings: (await districtOf(ctx)).settings,
  calendars: await calendarsOf(ctx),
  counted: new Map(),
});
/** Only objections and extensions depend on the district's rules; where neither is in question they are not read. */
export const needsRules = (issue: Issue, person: PersonFacts): boolean =>
  (issue.status === 'registered' || issue.status === 'rectifying') && mayEver('object', person);

export function issueFacts(today: Day, issue: Issue, rules: LedgerRules | null): IssueFacts {
  const { verification, rectification, objection, extension } = issue.process;
  const applied = issue.status === 'objected' ? objection : issue.extensionPending ? extension : undefined;
  return {
    status: issue.status,
    severity: issue.severity,
    source: issue.source,
    dueOn: issue.dueOn,
    escalation: issue.escalation,
    extensionPending: issue.extensionPending,
    extensionCount: issue.extensionCount,
    recurrenceOf: issue.recurrenceOf,
    recurrenceConfirmed: issue.recurrenceConfirmed,
    objected: objection !== undefined,
    objectUntil: rules && objectUntil(issue, rules),
    requestedBy: rectification?.by ?? null,
    appliedBy: applied?.by ?? null,
    verifiedBy: [issue.verifiedBy, verification?.coVerifierId].filter((id) => typeof id === 'string'),
    // What the lead saw put right, and what another authority settled, was verified in its own way.
    verifiedAsSerious:
      verification === undefined || verification.method === 'spot'
        ? null
        : verification.method !== 'documents' && verification.coVerifierId !== undefined,
    maxExtensions: rules?.settings.maxExtensions ?? 0,
    today,
  };
}

/**
 * Last day to object: working days after the feedback on site, or after service of the notice where there is one.
 * Null beyond the calendar's horizon.
 */
function objectUntil(issue: Issue, { settings, calendars, counted }: LedgerRules): Day | null {
  const [from, days] =
    issue.servedOn === null
      ? [issue.feedbackOn, settings.objectionDays.feedback]
      : [issue.servedOn, settings.objectionDays.service];
  const key = `${from}+${days}`;
  let until = counted.get(key);
  if (until === undefined) {
    const period = addWorkingDays(from, days, calendars);
    until = period.ok ? period.dueOn : null;
    counted.set(key, until);
  }
  return until;
}
