import { type FigureChange, figureChanges, figuresOf } from '#rules/circular.js';
import { finding, REHEARSAL_SEVERITIES, type RehearsalFinding } from '#rules/circular-rehearsal.js';
import { minuteText } from '#rules/local-date.js';
import { PERMISSIONS, permits } from '#rules/permissions.js';
import { DEFAULT_SETTINGS } from '#rules/settings.js';
import { active } from '../../directory/active.js';
import type { DistrictView } from '../../directory/districts.js';
import type { Ctx } from '../../foundation/context.js';
import { Circular } from '../circular.entity.js';
import { requireDraft } from '../locked.js';
import { readCircular } from '../read.js';
import { readRecords } from '../snapshot/records.js';
import { endOfMonth } from '../snapshot/window.js';
import { type Frozen, frozenOf } from './frozen.js';
import { issuesSince, lateVisits, unreceivedNotices } from './records.js';
import { disputedNames, textFindings } from './text.js';

export type Rehearsal = {
  /** The instant at which the figures were counted again. */
  asOf: Date;
  cutoff: Date;
  snapshotHash: string;
  /** Whether something must be changed before it can be issued. */
  blocked: boolean;
  /** Figures that would be others if it were frozen again now, at the same cut-off. */
  changes: { key: string; title: string; unit: string; frozen: string; now: string }[];
  /** What blocks first, then what warns, then what informs. */
  findings: RehearsalFinding[];
};

/** Looks a draft over before it is issued; changes nothing. @throws resource.not_found, circular.not_draft (409) */
export async function rehearseCircular(ctx: Ctx, id: string): Promise<Rehearsal> {
  await readCircular(ctx, id);
  // One moment for everything that is counted and compared.
  return ctx.em.transaction('REPEATABLE READ', (em) => rehearse({ ...ctx, em }, id));
}

async function rehearse(ctx: Ctx, id: string): Promise<Rehearsal> {
  const { districtId } = ctx.actor;
  const circular = await ctx.em.findOneByOrFail(Circular, { districtId, id });
  requireDraft(circular);
  const frozen = frozenOf(circular);
  const { period, cutoff, corrects, snapshotHash } = circular;
  const { facts, district } = await readRecords(ctx.em, { districtId, period, cutoff, corrects });
  const changes = figureChanges(frozen.snapshot.figures, figuresOf(facts));
  const found = [
    ...(await issuedBefore(ctx, circular)),
    ...(await disputedNames(ctx, frozen)),
    ...(await signing(ctx, circular)),
    ...(await issuesSince(ctx, frozen)),
    ...(await lateVisits(ctx, circular)),
    ...(await textFindings(ctx, circular, frozen)),
    ...missing(circular, frozen),
    ...letterhead(district),
    ...figures(changes),
    ...(await unreceivedNotices(ctx, circular)),
  ];
  const findings = REHEARSAL_SEVERITIES.flatMap((severity) =>
    found.filter((one) => one.severity === severity),
  );
  return {
    asOf: ctx.now,
    cutoff,
    snapshotHash: snapshotHash!,
    blocked: findings.some(({ severity }) => severity === 'blocks'),
    changes: changes.map(({ before, after, ...figure }) => ({ ...figure, frozen: before, now: after })),
    findings,
  };
}

/** What keeps a draft from being issued, whoever signs. Asked again at the signature. */
export async function blockingFindings(ctx: Ctx, circular: Circular): Promise<RehearsalFinding[]> {
  const frozen = frozenOf(circular);
  const found = [...(await disputedNames(ctx, frozen)), ...(await issuesSince(ctx, frozen))];
  return found.filter(({ severity }) => severity === 'blocks');
}

/**
 * A period is told of once as a rule: what changes that names the one that it corrects. With a cut-off of its own the office may
 * tell of it again (of half a month, then of the whole), and should know that it does.
 */
async function issuedBefore(ctx: Ctx, { kind, period, corrects }: Circular): Promise<RehearsalFinding[]> {
  if (corrects !== null) return [];
  const issued: { number: string }[] = await ctx.em.query(
    `SELECT document_number AS number FROM circulars WHERE district_id = $1 AND kind = $2 AND period = $3 AND status = 'issued'
     ORDER BY issued_at, id`,
    [ctx.actor.districtId, kind, period],
  );
  if (issued.length === 0) return [];
  const numbers = issued.map(({ number }) => number);
  const text = `本期通报已以${numbers.join('、')}印发，请确认同一期间需要另发；如须更改已印发的内容，请起草更正该通报的更正通报`;
  return [finding('period_issued', text, numbers)];
}

/** Who drafted it does not sign it, so there must be somebody else. */
async function signing(ctx: Ctx, { draftedBy }: Circular): Promise<RehearsalFinding[]> {
  const signers: { name: string }[] = await ctx.em.query(
    `SELECT u.name FROM users u WHERE u.district_id = $1 AND u.id <> $2 AND u.roles && $3::text[] AND ${active('u', '$4')}
     ORDER BY u.name`,
    [ctx.actor.districtId, draftedBy, PERMISSIONS['circular.issue'], ctx.today],
  );
  if (signers.length === 0) {
    return [finding('no_signer', '除起草人外没有可以签发通报的人员，请先设置有签发权的人员或由他人起草')];
  }
  if (ctx.actor.userId !== draftedBy || !permits(ctx.actor.roles, 'circular.issue')) return [];
  const names = signers.map(({ name }) => name);
  return [finding('drafter_cannot_sign', `您是起草人，不能签发，请由${names.join('、')}签发`, names)];
}

function missing({ recipients, period, cutoff }: Circular, { snapshot }: Frozen): RehearsalFinding[] {
  const { previous, corrects } = snapshot;
  const without = previous ? previous.receipts.denominator - previous.receipts.numerator : 0;
  return [
    corrects?.changes?.length === 0 &&
      finding(
        'correction_same',
        `本通报的各项指标与所更正的${corrects.documentNumber}没有不同，请在导语写明更正的内容和原因`,
      ),
    (recipients ?? snapshot.recipients).length === 0 && finding('recipients_missing', '没有填写主送机关'),
    cutoff < endOfMonth(period) &&
      finding(
        'period_unfinished',
        `数据截至${minuteText(snapshot.cutoffLocal)}，早于期末，期末前的情况不在本通报内`,
      ),
    without > 0 &&
      finding(
        'previous_unreceived',
        `上期通报（${previous!.documentNumber}）截至本期截止时刻有${without}个单位未签收`,
      ),
  ].filter((one) => one !== false);
}

/** Heading and series that the product brings: an office has its own in the register of its bureau. */
function letterhead({ settings: { documents }, ownIssuer }: DistrictView): RehearsalFinding[] {
  const { issuer, circularSeries } = documents;
  const items = [
    ...(ownIssuer ? [] : [`发文机关“${issuer}”`]),
    ...(circularSeries === DEFAULT_SETTINGS.documents.circularSeries ? [`通报代字“${circularSeries}”`] : []),
  ];
  if (items.length === 0) return [];
  const text = `${items.join('、')}是系统的默认值，请与本机关的发文登记核对；不一致的，先在系统设置中更改，再重新起草`;
  return [finding('letterhead_default', text, items)];
}

const figures = (changes: readonly FigureChange[]): RehearsalFinding[] =>
  changes.length === 0
    ? []
    : [
        finding(
          'figures_changed',
          `如按原截止时刻重新锁定数据，有${changes.length}项指标不同`,
          changes.map(({ title, before, after }) => `${title}：${before}→${after}`),
        ),
      ];
