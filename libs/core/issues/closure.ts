import type { Role } from '#rules/actor.js';
import {
  ISSUE_ACTIONS,
  ISSUE_STATUSES,
  type IssueAction,
  type Severity,
  SOURCES,
} from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import type { Measure } from '#rules/measures.js';
import { numberText } from '#rules/wording.js';
import { photosAmong } from '../attachments/renditions.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { library } from '../library/load.js';
import { type Step, VERIFICATION_METHODS } from './issue.entity.js';
import { type IssueEvent, readIssue, readIssueEvents } from './read.js';

type Opinion = { text: string; by: string; on: Day };
/** What the form 问题整改销号审批表 prints (libs/documents/closure-pdf.ts); photos by SHA-256. */
export type Closure = {
  demo: boolean;
  issuer: string;
  number: string;
  unitName: string;
  zone: string | null;
  sourceTitle: string;
  categoryTitle: string;
  itemTitle: string | null;
  severity: Severity;
  statusTitle: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  remeasuredValue: string | null;
  registeredOn: Day;
  noticeNumber: string | null;
  originalDueOn: Day | null;
  dueOn: Day | null;
  requirements: string | null;
  measures: Opinion | null;
  verification: (Opinion & { methodTitle: string; coVerifier: string | null }) | null;
  office: Opinion | null;
  leader: Opinion | null;
  closedOn: Day | null;
  history: { at: string; action: string; by: string; note: string | null }[];
};

const OTHER_EVENTS: Record<string, string> = {
  register: '登记',
  found_again: '再次查见',
  absorb: '并入其他问题',
  propose_withdrawal: '建议撤销',
};

/** The close-out form of an issue at any time; before close-out it says so. @throws resource.not_found */
export async function closureOf(
  ctx: Ctx,
  id: string,
): Promise<{ closure: Closure; before: string[]; after: string[] }> {
  const issue = await readIssue(ctx, id);
  const { demo, settings } = await districtOf(ctx);
  const { rectification, verification, closing } = issue;
  const { zone, closedByLeader } = await besides(ctx, issue.unit.zoneId, closing?.by ?? null);
  const settled = closing && opinion(closing, closing.note);
  const evidence = await photosAmong(ctx, issue.attachments);
  const later = new Set([...(rectification?.attachments ?? []), ...(verification?.attachments ?? [])]);
  return {
    closure: {
      demo,
      issuer: settings.documents.issuer,
      number: issue.number,
      unitName: issue.unit.name,
      zone,
      sourceTitle: SOURCES[issue.source],
      categoryTitle: issue.category,
      itemTitle: issue.itemCode && (library().itemByCode.get(issue.itemCode)?.title ?? issue.itemCode),
      severity: issue.severity,
      statusTitle: ISSUE_STATUSES[issue.status],
      finding: issue.finding,
      basis: issue.basis,
      standardValue: issue.standardValue,
      measuredValue: issue.measuredValue,
      remeasuredValue: verification?.measures?.map(figure).join('、') || null,
      registeredOn: localDay(issue.registeredAt),
      noticeNumber: issue.noticeNumber,
      originalDueOn: issue.originalDueOn,
      dueOn: issue.dueOn,
      requirements: issue.requirements,
      measures: rectification && opinion(rectification, rectification.measures),
      verification: verification && {
        ...opinion(verification, verification.finding),
        methodTitle: VERIFICATION_METHODS[verification.method],
        coVerifier: verification.coVerifierName ?? null,
      },
      office: closedByLeader ? null : settled,
      leader: closedByLeader ? settled : null,
      closedOn: issue.closedAt && localDay(issue.closedAt),
      history: (await wholeHistory(ctx, id)).map((event) => ({
        at: localMinute(event.at),
        action:
          ISSUE_ACTIONS[event.action as IssueAction]?.title ?? OTHER_EVENTS[event.action] ?? event.action,
        by: event.onBehalf ? `${event.actor.name}（代）` : event.actor.name,
        note: event.reason,
      })),
    },
    before: evidence.filter((hash) => !later.has(hash)),
    after: evidence.filter((hash) => later.has(hash)),
  };
}

const opinion = (step: Step, text: string): Opinion => ({
  text,
  by: step.onBehalf ? `${step.byName}（代单位办理）` : step.byName,
  on: localDay(new Date(step.at)),
});

const figure = ({ grade, label, value, numerator, denominator }: Measure): string =>
  [
    grade === undefined ? '' : `${grade}年级`,
    label ?? '',
    typeof value === 'number' ? numberText(value) : (value ?? ''),
    numerator === undefined || denominator === undefined ? '' : `（${numerator}/${denominator}）`,
  ].join('');

/** 2026-09-08 18:20 in the district. */
const localMinute = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

async function wholeHistory(ctx: Ctx, id: string): Promise<IssueEvent[]> {
  const events: IssueEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await readIssueEvents(ctx, id, { limit: 200, ...(cursor ? { cursor } : {}) });
    events.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return events;
}

async function besides(ctx: Ctx, zoneId: string | null, closedBy: string | null) {
  const [row]: [{ zone: string | null; roles: Role[] | null }] = await ctx.em.query(
    `SELECT (SELECT name FROM zones WHERE district_id = $1 AND id = $2) AS zone,
            (SELECT roles FROM users WHERE district_id = $1 AND id = $3) AS roles`,
    [ctx.actor.districtId, zoneId, closedBy],
  );
  return { zone: row.zone, closedByLeader: row.roles?.includes('bureau_leader') ?? false };
}
