/** The three attachments of a circular: problems by unit, close-out, figures with their definitions. */
import { type CircularSnapshot, chineseMinute } from '#rules/circular.js';
import { type Block, drawBlocks } from '../page/blocks.js';
import { attachment } from '../page/body.js';
import type { Flow } from '../page/flow.js';
import { closeoutTables } from './closeout-tables.js';
import { figureTables } from './figure-tables.js';
import { issueList } from './issue-list.js';

export const ATTACHMENTS = ['问题清单（按单位）', '整改与销号情况表', '指标表'];

/** The attachments with their titles, in the order of the attachment note. */
export function circularAttachments(snapshot: CircularSnapshot): { title: string; blocks: Block[] }[] {
  return ATTACHMENTS.map((title, index) => ({
    title,
    blocks: [issueList, closeoutTables, figureTables][index]?.(snapshot) ?? [],
  }));
}

/** What the figures were computed from, under the last attachment. */
export function sourceRemark(snapshot: CircularSnapshot, hash: string): Block {
  const { inspections, answers, issues, events } = snapshot.generatedFrom;
  return {
    kind: 'remark',
    text:
      `数据截至${chineseMinute(snapshot.cutoffLocal)}。由督导检查${inspections}次、` +
      `答案${answers}项、台账问题${issues}个及其记录${events}条计算。\n数据快照摘要（SHA-256）：${hash}`,
  };
}

export function drawAttachments(flow: Flow, snapshot: CircularSnapshot, hash: string): void {
  circularAttachments(snapshot).forEach(({ title, blocks }, index) => {
    attachment(flow, `附件${index + 1}`, title);
    drawBlocks(flow, blocks);
  });
  drawBlocks(flow, [{ kind: 'gap' }, sourceRemark(snapshot, hash)]);
}
