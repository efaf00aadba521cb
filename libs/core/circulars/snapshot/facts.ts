import type { EntityManager } from 'typeorm';
import type { CircularFacts } from '#rules/circular.js';
import { INSPECTION_KIND_TEXT } from '#rules/inspection-result.js';
import { localDay, localMinute } from '#rules/local-date.js';
import {
  bySeverity,
  categoryRows,
  closeoutOf,
  dispositions,
  escalationRows,
  issueRows,
  ledgerFigures,
  type Read,
  registeredIn,
  resolvedOnSite,
  unitRows,
} from './figures.js';
import { homeworkOf } from './homework.js';
import { measurementsOf } from './measured.js';
import { scaleOf } from './others.js';
import type { Records } from './records.js';
import { trendOf } from './trend.js';
import { named, registeredOn, type UnitRow } from './units.js';
import type { Visit } from './visits.js';

/** Titles of the kinds of visits, in the order of the table. A self-check is none: it is in no circular. */
const { self_check: _, ...titles } = INSPECTION_KIND_TEXT;
export const KIND_TITLES = titles;

/** What the records say, but for a correction's comparison with what it corrects. */
export async function factsOf(
  em: EntityManager,
  records: Omit<Records, 'facts' | 'addressed'>,
  previous: CircularFacts['previous'],
): Promise<CircularFacts> {
  const { w, units, visits, district, measured, groups, notices } = records;
  const { documents } = district.settings;
  const registered = registeredIn(records);
  const answers = visits.reduce((n, visit) => n + Object.keys(visit.answers).length, 0);
  return {
    schema: 2,
    kind: 'monthly',
    demo: district.demo,
    district: { id: district.id, code: district.code, name: district.name },
    issuer: documents.issuer,
    heading: `${documents.issuer}文件`,
    recipients: documents.circularRecipients ? [documents.circularRecipients] : [],
    copyRecipients: documents.copyTo ? [documents.copyTo] : [],
    period: w.period,
    periodStart: w.firstDay,
    periodEnd: w.lastDay,
    cutoff: w.cutoff.toISOString(),
    cutoffLocal: localMinute(w.cutoff),
    corrects: null,
    generatedFrom: { inspections: visits.length, answers, ...(await scaleOf(em, w)) },
    overview: {
      visits: visits.length,
      visitsByKind: Object.entries(KIND_TITLES).map(([kind, title]) => ({
        kind,
        title,
        visits: visits.filter((visit) => visit.kind === kind).length,
      })),
      schools: coverage(records, 'school'),
      institutions: coverage(records, 'training_institution'),
      inspectors: new Set(visits.flatMap(({ members }) => members)).size,
      sessions: visits.reduce((n, visit) => n + visit.sessions, 0),
      answersJudged: visits.reduce((n, visit) => n + visit.tally.judged, 0),
      answersMet: visits.reduce((n, visit) => n + visit.tally.met, 0),
      issuesRegistered: bySeverity(registered),
      reminders: dispositions(visits, 'reminder'),
      resolvedOnSite: resolvedOnSite(records).length,
      notices: notices.length,
      noticesReceived: notices.filter(({ received }) => received).length,
      disputed: registered.filter(({ disputed }) => disputed).length,
    },
    categories: categoryRows(records, registered),
    measurements: measurementsOf(groups),
    homework: homeworkOf(measured, visits),
    trend: trendOf(records.trend),
    practice: visits.flatMap(({ unitId, on, strengths }) =>
      strengths?.trim() ? [{ unit: named(units.get(unitId)!), on, text: oneLine(strengths) }] : [],
    ),
    issues: issueRows(records, registered),
    closeout: closeoutOf(records),
    units: unitRows(records, registered),
    ledger: ledgerFigures(records),
    escalations: escalationRows(records),
    lateVisits: visits.filter(({ late }) => late).map((visit) => lateRow(records, visit)),
    previous,
  };
}

/** A paragraph of the circular is one line. */
const oneLine = (text: string): string => text.trim().replace(/\s*\n+\s*/g, ' ');

/** Units of a kind on the register at the period's end. */
export const registerOf = ({ w, units }: Read, kind: 'school' | 'training_institution'): UnitRow[] =>
  [...units.values()].filter((unit) => unit.kind === kind && registeredOn(unit, localDay(w.until)));

function coverage(read: Read, kind: 'school' | 'training_institution') {
  const visited = new Set(read.visits.map(({ unitId }) => unitId));
  const register = registerOf(read, kind);
  return { numerator: register.filter(({ id }) => visited.has(id)).length, denominator: register.length };
}

function lateRow(read: Read, visit: Visit): CircularFacts['lateVisits'][number] {
  return {
    unit: named(read.units.get(visit.unitId)!),
    inspectedOn: visit.on,
    submittedAt: localMinute(visit.submittedAt),
    kindTitle: KIND_TITLES[visit.kind as keyof typeof KIND_TITLES],
    issues: registeredIn(read).filter(({ inspectionId }) => inspectionId === visit.id).length,
  };
}
