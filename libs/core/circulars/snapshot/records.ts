import type { EntityManager } from 'typeorm';
import { type CircularFacts, circularTitle, type Figure, figureChanges, figuresOf } from '#rules/circular.js';
import type { Day, Month } from '#rules/local-date.js';
import { type DistrictView, readDistrict } from '../../directory/districts.js';
import { library } from '../../library/load.js';
import { factsOf } from './facts.js';
import type { Read } from './figures.js';
import { actionsOf, ledgerAt } from './ledger.js';
import { type MeasuredGroup, type MeasuredRow, measuredGroups, measuredRows } from './measured.js';
import { type Addressed, noticesOf, type PeriodNotice, previousOf } from './others.js';
import { type TrendIssues, trendIssues } from './trend.js';
import { unitsOf } from './units.js';
import { type Visit, visitsOf } from './visits.js';
import { windowOf } from './window.js';

export type FactsRequest = { districtId: string; period: Month; cutoff: Date; corrects: string | null };

/** The records that a circular counts, as they stood at its cut-off. */
export type Records = Read & {
  district: DistrictView;
  measured: MeasuredRow[];
  groups: MeasuredGroup[];
  notices: PeriodNotice[];
  addressed: Addressed[];
  trend: TrendIssues[];
  facts: CircularFacts;
};

/**
 * All that a circular says, counted from the records up to the cut-off, and the records themselves. Call it in one
 * REPEATABLE READ transaction, so that every figure is of the same moment; after that nothing is counted again.
 */
export async function readRecords(em: EntityManager, request: FactsRequest): Promise<Records> {
  const w = windowOf(request.districtId, request.period, request.cutoff);
  const district = await readDistrict(em, w.districtId);
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
  const measured = await measuredRows(em, w, visits);
  const groups = measuredGroups(measured, visits, units);
  const notices = await noticesOf(em, w);
  const { previous, addressed } = await previousOf(em, w, units);
  const trend = await trendIssues(em, read);
  const facts = await factsOf(em, { ...read, district, measured, groups, notices, trend }, previous);
  if (request.corrects) await correct(em, facts, request.corrects);
  return { ...read, district, measured, groups, notices, trend, addressed, facts };
}

const titleIn = (visits: readonly Visit[], code: string): string | null =>
  visits.flatMap(({ items }) => items).find(({ itemCode }) => itemCode === code)?.title ?? null;

/** Names the circular corrected, and which of its figures are others now. */
async function correct(em: EntityManager, facts: CircularFacts, id: string): Promise<void> {
  const [row]: [{ documentNumber: string; issuedOn: Day; figures: Figure[]; head: CircularFacts }] =
    await em.query(
      `SELECT document_number AS "documentNumber", issued_on AS "issuedOn", snapshot->'figures' AS figures,
         jsonb_build_object('period', period, 'corrects', snapshot->'corrects') AS head
       FROM circulars WHERE district_id = $1 AND id = $2 AND status = 'issued'`,
      [facts.district.id, id],
    );
  facts.corrects = {
    documentNumber: row.documentNumber,
    title: circularTitle(row.head),
    issuedOn: row.issuedOn,
    changes: figureChanges(row.figures, figuresOf(facts)),
  };
}
