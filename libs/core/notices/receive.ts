import { dayText, localDay } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { invalid, problem } from '#rules/problems.js';
import { linkAttachments } from '../attachments/link.js';
import { isLed } from '../directory/active.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { rolesAt } from '../foundation/scope.js';
import { record } from '../history/events.js';
import type { NoticeReceipt } from './notice.js';
import { type NoticeView, readNotice } from './read.js';

/** The body of a receipt. `refused`: the unit would not sign; the note, which is then needed, tells how it was left there. */
export type Receipt = { receivedBy: string; refused?: boolean; note?: string; attachments?: string[] };

/**
 * 签收, once: by the unit, or by the office on its behalf where it has no leader in the system, and by the office where the
 * unit refuses. Who refused may sign later: that is the receipt then, and the refusal stays beside it.
 * @throws issue.not_permitted (403), request.invalid (400) for a refusal without note, notice.already_received (409)
 */
export async function receiveNotice(ctx: Ctx, id: string, given: Receipt): Promise<NoticeView> {
  const { unit } = await readNotice(ctx, id);
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  const ofUnit = permits(roles, 'notice.receive');
  const onBehalf =
    !ofUnit && roles.some((role) => ['office_head', 'office_staff', 'zone_officer'].includes(role));
  if (!ofUnit && !(onBehalf && (given.refused === true || !(await isLed(ctx, unit.id))))) {
    throw problem('issue.not_permitted', '通知书由被督导单位签收；单位没有账号或拒收时由督导机构代为登记');
  }
  await ctx.em.query(`SELECT 1 FROM notices WHERE district_id = $1 AND id = $2 FOR UPDATE`, [
    ctx.actor.districtId,
    id,
  ]);
  const present = await readNotice(ctx, id);
  await requireFresh(ctx, () => present);
  const before = present.receipt;
  if (before && (!before.refused || given.refused)) throw problem('notice.already_received', told(before));
  if (given.refused && !given.note) {
    const message = '拒绝签收的，请在备注中写明拒收情况和留置送达经过';
    throw invalid({ pointer: '/note', code: 'required', message });
  }
  await linkAttachments(ctx, { type: 'notice', id }, given.attachments ?? []);
  const receipt: NoticeReceipt = {
    receivedBy: given.receivedBy,
    receivedAt: ctx.now.toISOString(),
    refused: given.refused ?? false,
    note: given.note ?? null,
    attachments: given.attachments ?? [],
    recordedBy: { id: ctx.actor.userId, name: ctx.actor.name },
    onBehalf,
  };
  await ctx.em.query(
    `UPDATE notices SET receipt = $3, revision = revision + 1 WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id, JSON.stringify(before ? { ...receipt, refusal: before } : receipt)],
  );
  await record(ctx, {
    subjectType: 'notice',
    subjectId: id,
    unitId: unit.id,
    action: 'receive',
    reason: given.note ?? null,
    data: { number: present.number, receipt, ...(onBehalf ? { onBehalf: true } : {}) },
  });
  return readNotice(ctx, id);
}

/** What a repeated receipt is told of the one that there is. */
function told({ receivedAt, receivedBy, refused, recordedBy }: NoticeReceipt): string {
  const on = dayText(localDay(new Date(receivedAt)));
  return refused
    ? `${receivedBy}已于${on}拒绝签收（${recordedBy.name}登记），不需要重复登记；该单位以后愿意签收的，可以登记签收`
    : `已于${on}由${receivedBy}签收`;
}
