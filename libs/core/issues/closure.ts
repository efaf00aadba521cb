import type { Role } from '#rules/actor.js';
import type { Closure, Opinion } from '#rules/closure.js';
import { closurePictures } from '#rules/closure-pictures.js';
import { ISSUE_ACTIONS, ISSUE_STATUSES, type IssueAction, SOURCES } from '#rules/issue-lifecycle.js';
import { type Day, localDay, localMinute } from '#rules/local-date.js';
import type { Measure } from '#rules/measures.js';
import { remeasuredText } from '#rules/remeasure.js';
import { photosAmong } from '../attachments/renditions.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { library } from '../library/load.js';
import { Issue, type Step, VERIFICATION_METHODS } from './issue.entity.js';
import { remeasuredBy } from './items.js';
import { type IssueEvent, readIssue, readIssueEvents } from './read.js';

/** A photo by SHA-256, with when it came. */
type Picture = { sha256: string; noted: string };
const OTHER_EVENTS: Record<string, string> = {
  register: '登记',
  found_again: '再次查见',
  absorb: '并入其他问题',
  propose_withdrawal: '建议撤销',
  drop_withdrawal_proposal: '不再建议撤销',
};

/** The close-out form of an issue at any time; before close-out it says so. @throws resource.not_found */
export async function closureOf(
  ctx: Ctx,
  id: string,
): Promise<{ unitId: string; closure: Closure; before: Picture[]; after: Picture[]; earlier: Picture[] }> {
  const issue = await readIssue(ctx, id);
  const { demo, settings } = await districtOf(ctx);
  const { rectification, verification, closing } = issue;
  const { zone, closers } = await besides(ctx, issue.unit.zoneId, closing?.by ?? null);
  const settled = closing && opinion(closing, closing.note);
  // Whoever is both decides as the leader: that is the higher of the two signatures.
  const closedByLeader = closers.includes('bureau_leader');
  const closedByZone =
    !closedByLeader &&
    closers.includes('zone_officer') &&
    !closers.some((role) => role.startsWith('office_'));
  const history = await wholeHistory(ctx, id);
  const pictures = await picturesOf(ctx, id, issue.attachments);
  const sides = closurePictures(
    pictures.map(({ sha256 }) => sha256),
    history.map(({ action, details }) => ({
      action,
      attachments: (details.attachments as string[] | undefined) ?? [],
    })),
  );
  const shown = (hashes: readonly string[]): Picture[] =>
    hashes.map((hash) => pictures.find(({ sha256 }) => sha256 === hash)!);
  const evidence = new Set([...(rectification?.attachments ?? []), ...(verification?.attachments ?? [])]);
  return {
    unitId: issue.unit.id,
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
      remeasuredValue: await remeasured(ctx, id, verification?.measures),
      registeredOn: localDay(issue.registeredAt),
      noticeNumber: issue.noticeNumber,
      originalDueOn: issue.originalDueOn,
      dueOn: issue.dueOn,
      requirements: issue.requirements,
      responsible: issue.plan?.responsiblePerson ?? null,
      measures: rectification && opinion(rectification, rectification.measures),
      evidence: evidence.size,
      verification: verification && {
        ...opinion(verification, verification.finding),
        methodTitle: VERIFICATION_METHODS[verification.method],
        coVerifier: verification.coVerifierName ?? null,
      },
      officeTitle:
        issue.source === 'self_check' ? '单位意见' : closedByZone ? '片区督导办意见' : '督导室意见',
      office: closedByLeader ? null : settled && { ...settled, ...signedAs(closers) },
      leader: closedByLeader ? settled : null,
      closedOn: issue.closedAt && localDay(issue.closedAt),
      returns: history
        .filter(({ action }) => action === 'return')
        .map(({ at, actor, reason, changes }) => ({
          on: localDay(at),
          by: actor.name,
          reason: reason ?? '',
          dueOn: (changes.dueOn?.[1] as Day | null | undefined) ?? null,
        })),
      history: history.map((event) => ({
        at: localMinute(event.at),
        action:
          ISSUE_ACTIONS[event.action as IssueAction]?.title ?? OTHER_EVENTS[event.action] ?? event.action,
        by: event.onBehalf ? `${event.actor.name}（代）` : event.actor.name,
        note: [event.reason, orderNumberOf(event)].filter(Boolean).join('　') || null,
      })),
    },
    before: shown(sides.before),
    after: shown(sides.after),
    earlier: shown(sides.earlier),
  };
}

/** The supervision order that a step of the ladder was told by. */
function orderNumberOf({ details }: IssueEvent): string | null {
  const { order } = details as { order?: { number?: string } };
  return order?.number ?? null;
}

const opinion = (step: Step, text: string): Opinion => ({
  text,
  by: step.onBehalf ? `${step.byName}（代单位办理）` : step.byName,
  on: localDay(new Date(step.at)),
  // Who acts for a unit is not its head.
  ...(step.onBehalf && { role: '经办人' }),
});

/** What a person signs the office's opinion as: its head, the head of a unit that closes its own, anybody else as the one who handled it. */
const signedAs = (closers: readonly Role[]): Pick<Opinion, 'role'> => {
  if (closers.includes('office_head')) return { role: '负责人' };
  return { role: closers.includes('unit_leader') ? '单位负责人' : '经办人' };
};

/** What verification measured again, in the unit of the item that it was held against; null without a figure. */
async function remeasured(ctx: Ctx, id: string, measures: readonly Measure[] = []): Promise<string | null> {
  if (measures.length === 0) return null;
  const issue = await ctx.em.findOneByOrFail(Issue, { districtId: ctx.actor.districtId, id });
  return remeasuredText(measures, (await remeasuredBy(ctx, issue)).item);
}

/** The pictures among the files of an issue, in the order in which they came. */
async function picturesOf(ctx: Ctx, id: string, hashes: readonly string[]): Promise<Picture[]> {
  const pictures = new Set(await photosAmong(ctx, hashes));
  if (pictures.size === 0) return [];
  const rows: { sha256: string; at: Date }[] = await ctx.em.query(
    `SELECT sha256, linked_at AS at FROM attachment_links
     WHERE district_id = $1 AND subject_type = 'issue' AND subject_id = $2 ORDER BY linked_at, sha256`,
    [ctx.actor.districtId, id],
  );
  return rows
    .filter(({ sha256 }) => pictures.has(sha256))
    .map(({ sha256, at }) => ({ sha256, noted: `上传时间：${localMinute(at)}` }));
}

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
  return { zone: row.zone, closers: row.roles ?? [] };
}
