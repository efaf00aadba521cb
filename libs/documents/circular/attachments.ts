/** The attachments of a circular, as chosen: problems by unit, close-out, figures with their definitions. */
import { annexLabel, CIRCULAR_ANNEXES, type CircularAnnex, type CircularSnapshot } from '#rules/circular.js';
import { minuteText } from '#rules/local-date.js';
import { type Block, drawBlocks } from '../page/blocks.js';
import { attachment } from '../page/body.js';
import type { Flow } from '../page/flow.js';
import { closeoutTables } from './closeout-tables.js';
import { figureTables } from './figure-tables.js';
import { issueList } from './issue-list.js';

interface Attachment {
  title: string;
  /** Set sideways (横排): its tables have more columns than an upright page shows at a readable size. Not where they are empty. */
  turned: (snapshot: CircularSnapshot) => boolean;
  blocks: (snapshot: CircularSnapshot) => Block[];
}

const ATTACHMENT: Record<CircularAnnex, Attachment> = {
  issues: { title: '问题清单（按单位）', turned: ({ issues }) => issues.length > 0, blocks: issueList },
  closeout: {
    title: '整改与销号情况表',
    turned: ({ closeout }) => closeout.rows.length + closeout.overdue.length > 0,
    blocks: closeoutTables,
  },
  figures: { title: '指标表', turned: () => false, blocks: figureTables },
};

/** The names of the attachment note, in order. */
export const attachmentTitles = (annexes: readonly CircularAnnex[]): string[] =>
  annexes.map((annex) => ATTACHMENT[annex].title);

/** The attachments with their labels (`附件1`, or `附件` alone) and titles, in the order of the attachment note. */
export function circularAttachments(
  snapshot: CircularSnapshot,
  annexes: readonly CircularAnnex[] = CIRCULAR_ANNEXES,
): { label: string; title: string; turned: boolean; blocks: Block[] }[] {
  return annexes.map((annex) => {
    const { title, turned, blocks } = ATTACHMENT[annex];
    return {
      label: annexLabel(annexes, annex) ?? '附件',
      title,
      turned: turned(snapshot),
      blocks: blocks(snapshot),
    };
  });
}

/** What the figures were computed from, under the last attachment. */
export function sourceRemark(snapshot: CircularSnapshot, hash: string): Block & { kind: 'remark' } {
  const { inspections, answers, issues, events } = snapshot.generatedFrom;
  return {
    kind: 'remark',
    text:
      `数据截至${minuteText(snapshot.cutoffLocal)}。由督导检查${inspections}次、` +
      `答案${answers}项、台账问题${issues}个及其记录${events}条计算。\n数据快照摘要（SHA-256）：${hash}`,
  };
}

export function drawAttachments(
  flow: Flow,
  snapshot: CircularSnapshot,
  annexes: readonly CircularAnnex[],
): void {
  for (const { label, title, turned, blocks } of circularAttachments(snapshot, annexes)) {
    attachment(flow, label, title, { turned });
    drawBlocks(flow, blocks);
  }
}
