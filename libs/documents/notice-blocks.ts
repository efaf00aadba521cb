/** The letter of a rectification notice as blocks, from its first sentence to its last: every format of it walks the same. */
import { SEVERITY_TITLES } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { type NoticeDocument, noticeOpening, noticeSections } from './notice-content.js';
import type { Block } from './page/blocks.js';
import type { Column } from './page/table.js';

export function noticeBlocks(notice: NoticeDocument): Block[] {
  return [
    { kind: 'body', text: noticeOpening(notice) },
    { kind: 'heading', text: '一、存在的问题和整改期限' },
    { kind: 'table', columns: columnsOf(notice), rows: rowsOf(notice) },
    { kind: 'gap' },
    ...noticeSections(notice).flatMap(({ title, text }, i): Block[] => [
      { kind: 'heading', text: `${'二三四'[i]}、${title}` },
      { kind: 'body', text },
    ]),
  ];
}

/** A column of requirements only where the problems have their own. */
function columnsOf({ lines }: NoticeDocument): Column[] {
  const own = lines.some((line) => line.requirement !== null);
  return [
    { title: '序号', width: 28, align: 'center', repeat: true },
    { title: '问题事实和依据', width: own ? 158 : 206 },
    { title: '标准值', width: own ? 62 : 74 },
    { title: '实测值', width: own ? 56 : 66 },
    ...(own ? [{ title: '整改要求', width: 72 }] : []),
    { title: '整改期限', width: own ? 66 : 68, align: 'center' },
  ];
}

function rowsOf({ lines }: NoticeDocument): string[][] {
  const own = lines.some((line) => line.requirement !== null);
  return lines.map((line, index) => [
    String(index + 1),
    [
      line.finding,
      ...(line.basis ? [`依据：${line.basis}`] : []),
      `（${line.category}，${SEVERITY_TITLES[line.severity]}，${line.issueNumber}）`,
    ].join('\n'),
    line.standardValue ?? '—',
    line.measuredValue ?? '—',
    ...(own ? [line.requirement ?? '见第二部分'] : []),
    [
      line.modeTitle,
      `${dayText(line.dueOn)}前`,
      ...(line.milestones ?? []).map(({ on, text }) => `${dayText(on)}前：${text}`),
    ].join('\n'),
  ]);
}
