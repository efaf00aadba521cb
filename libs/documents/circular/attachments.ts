/** The three attachments of a circular: problems by unit, close-out, figures with their definitions. */
import { type CircularSnapshot, chineseMinute } from '#rules/circular.js';
import { attachment, remark } from '../page/body.js';
import type { Flow } from '../page/flow.js';
import { LINE } from '../page/geometry.js';
import { closeoutTables } from './closeout-tables.js';
import { figureTables } from './figure-tables.js';
import { issueList } from './issue-list.js';

export const ATTACHMENTS = ['问题清单（按单位）', '整改与销号情况表', '指标表'];

export function drawAttachments(flow: Flow, snapshot: CircularSnapshot, hash: string): void {
  ATTACHMENTS.forEach((title, index) => {
    attachment(flow, `附件${index + 1}`, title);
    [issueList, closeoutTables, figureTables][index]?.(flow, snapshot);
  });
  flow.y += LINE / 2;
  remark(
    flow,
    `数据截至${chineseMinute(snapshot.cutoffLocal)}。由督导检查${snapshot.generatedFrom.inspections}次、` +
      `答案${snapshot.generatedFrom.answers}项、台账问题${snapshot.generatedFrom.issues}个及其记录` +
      `${snapshot.generatedFrom.events}条计算。\n数据快照摘要（SHA-256）：${hash}`,
  );
}
