import type { EntityManager } from 'typeorm';
import { type CircularFacts, circularTitle } from '#rules/circular.js';
import { type Day, localDay, type Month } from '#rules/local-date.js';
import { readDistrict } from '../../directory/districts.js';
import { library } from '../../library/load.js';
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
  unitRows,
} from './figures.js';
import { homeworkOf } from './homework.js';
import { actionsOf, ledgerAt } from './ledger.js';
import { measuredRows, measurementsOf } from './measured.js';
import { noticesOf, previousOf, scaleOf } from './others.js';
import { trendOf } from './trend.js';
import { named, registeredOn, unitsOf } from './units.js';
import { type Visit, visitsOf } from './visits.js';
import { windowOf } from './window.js';

/** Titles of the kinds of visits, in the order of the table. */
const KIND_TITLES = {
  routine: '经常性督导',
  special: '专项督导',
  comprehensive: '综合督导',
  visit: '随访督导',
  look_back: '回头看',
} as const;

export type FactsRequest = { districtId: string; period: Month; cutoff: Date; corrects: string | null };

/**
 * All that a circular says, counted from the records up to the cut-off. Call it in one REPEATABLE READ transaction, so
 * that every figure is of the same moment; after that nothing is counted again.
 */
export async function circularFacts(em: EntityManager, request: FactsRequest): Promise<CircularFacts> {
  const w = windowOf(request.districtId, request.period, request.cutoff);
  const district = await readDistrict(em, w.districtId);
  const { documents } = district.settings;
  const units = await unitsOf(em, w.districtId);
  const visits = await visitsOf(em, w);
  const { itemByCode } = library();
  const read: Read = {
    w,
    units,
    visits,
    ledger: await ledgerAt(em, w),
    actions: await actionsOf(em, w),
    itemTitle: (code) => itemByCode.get(code)?.title ?? titleIn(visits, code),
  };
  const registered = registeredIn(read);
  const answers = visits.reduce((n, visit) => n + Object.keys(visit.answers).length, 0);
  const resolved = new Set(
    read.actions.filter(({ action }) => action === 'resolve_on_site').map((a) => a.issueId),
  );
  const measured = await measuredRows(em, w, visits);
  const [closeout, open] = [closeoutOf(read), ledgerFigures(read)];
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
    corrects: request.corrects ? await correctedOf(em, w.districtId, request.corrects) : null,
    generatedFrom: { inspections: visits.length, answers, ...(await scaleOf(em, w)) },
    overview: {
      visits: visits.length,
      visitsByKind: Object.entries(KIND_TITLES).map(([kind, title]) => ({
        kind,
        title,
        visits: visits.filter((visit) => visit.kind === kind).length,
      })),
      schools: coverage(read, 'school'),
      institutions: coverage(read, 'training_institution'),
      inspectors: new Set(visits.flatMap(({ members }) => members)).size,
      sessions: visits.reduce((n, visit) => n + visit.sessions, 0),
      answersJudged: visits.reduce((n, visit) => n + visit.tally.judged, 0),
      answersMet: visits.reduce((n, visit) => n + visit.tally.met, 0),
      issuesRegistered: bySeverity(registered),
      reminders: dispositions(visits, 'reminder'),
      resolvedOnSite: registered.filter(({ id }) => resolved.has(id)).length,
      ...(await noticesOf(em, w)),
      disputed: registered.filter(({ disputed }) => disputed).length,
    },
    categories: categoryRows(read, registered),
    measurements: measurementsOf(measured, visits, units),
    homework: homeworkOf(measured, visits),
    trend: await trendOf(em, w, { registered: registered.length, closeout, ledger: open }),
    practice: visits.flatMap(({ unitId, on, strengths }) =>
      strengths?.trim() ? [{ unit: named(units.get(unitId)!), on, text: oneLine(strengths) }] : [],
    ),
    issues: issueRows(read, registered),
    closeout,
    units: unitRows(read, registered),
    ledger: open,
    escalations: escalationRows(read),
    lateVisits: visits.filter(({ late }) => late).map((visit) => lateRow(read, visit)),
    previous: await previousOf(em, w, units),
  };
}

const titleIn = (visits: readonly Visit[], code: string): string | null =>
  visits.flatMap(({ items }) => items).find(({ itemCode }) => itemCode === code)?.title ?? null;
/** A paragraph of the circular is one line. */
const oneLine = (text: string): string => text.trim().replace(/\s*\n+\s*/g, ' ');
const localMinute = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

/** Units of a kind on the register at the period's end, and how many of them were visited. */
function coverage({ w, units, visits }: Read, kind: 'school' | 'training_institution') {
  const visited = new Set(visits.map(({ unitId }) => unitId));
  const day = localDay(w.until);
  const register = [...units.values()].filter((unit) => unit.kind === kind && registeredOn(unit, day));
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

async function correctedOf(em: EntityManager, districtId: string, id: string) {
  const [row]: [{ documentNumber: string; issuedOn: Day; period: Month; snapshot: CircularFacts }] =
    await em.query(
      `SELECT document_number AS "documentNumber", issued_on AS "issuedOn", period,
         jsonb_build_object('period', period, 'corrects', snapshot->'corrects') AS snapshot
       FROM circulars WHERE district_id = $1 AND id = $2 AND status = 'issued'`,
      [districtId, id],
    );
  return { documentNumber: row.documentNumber, title: circularTitle(row.snapshot), issuedOn: row.issuedOn };
}
