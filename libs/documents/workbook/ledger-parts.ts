/** The explanation sheet of the ledger's workbook, and the names of its sheets. */
import { LEDGER_COLUMNS } from '../ledger-columns.js';
import type { LedgerMeta } from '../ledger-xlsx.js';
import { packageParts, quoted } from './parts.js';
import { columnLetters, type PageCell, pageXml } from './sheets.js';

interface Finished {
  rows: number;
  /** Rows of each sheet, without the head. */
  sheets: number[];
  shared: Map<string, number>;
  tally: Map<string, { status: string; severity: string; rows: number; overdue: number }>;
}

const NOTE = '说明';

/** Name and text of each part; asked for after the last row, when the sheets are known. */
export function ledgerParts(meta: LedgerMeta, book: Finished): [string, string][] {
  const last = columnLetters(LEDGER_COLUMNS.length);
  const sheets = book.sheets.map((rows, i) => {
    const area = `A1:${last}${rows + 1}`;
    return {
      name: `台账${i === 0 ? '' : i + 1}${meta.demo ? '（演示数据）' : ''}`,
      list: { area, print: area, head: 1 },
    };
  });
  const info = { title: meta.title, author: '', date: `${meta.exportedAt.replace(' ', 'T')}:00+08:00` };
  return [
    [`xl/worksheets/sheet${sheets.length + 1}.xml`, noteSheet(meta, book, sheets)],
    ...packageParts([...sheets, { name: NOTE, list: null }], book.shared.keys(), info),
  ];
}

const head = (...texts: string[]): PageCell[] => texts.map((text) => ({ text, look: 'head' }));
const pair = (name: string, text: string): PageCell[] => [
  { text: name, look: 'head' },
  { text, look: 'wrapped' },
];

function noteSheet(meta: LedgerMeta, book: Finished, sheets: { name: string }[]): string {
  const shown = sheets.map(
    ({ name }, i) => `SUBTOTAL(103,${quoted(name)}!$A$2:$A$${Math.max(2, (book.sheets[i] as number) + 1)})`,
  );
  const kinds = [...book.tally.values()].sort(
    (a, b) => b.rows - a.rows || (a.status + a.severity < b.status + b.severity ? -1 : 1),
  );
  return pageXml(
    {
      name: NOTE,
      widths: [22, 60, 12, 12],
      rows: [
        [{ text: meta.title, look: 'title' }],
        [{ text: meta.demo ? '演示数据　不作为工作依据' : '', look: 'mark' }],
        pair('导出时间', meta.exportedAt),
        pair('筛选条件', meta.filter ?? '无（全部问题）'),
        pair('问题个数', String(book.rows)),
        [
          { text: '表中筛选所见个数', look: 'head' },
          { text: String(book.rows), look: 'integer', formula: shown.join('+') },
        ],
        pair('逾期天数', '截至导出时，责任在被督导单位的逾期自然日数；未逾期为 0。'),
        pair('督导机构超时', '等待核验、审批或申辩处理，已超过督导机构办理时限。'),
        pair('原定期限', '下发整改通知书时的期限；现期限含批准的延期和督导机构办理所补的工作日。'),
        [],
        head('工作表', '行数'),
        ...sheets.map(({ name }, i): PageCell[] => [
          { text: name, look: 'link', to: name },
          { text: `${book.sheets[i]}行`, look: 'wrapped' },
        ]),
        [],
        head('状态', '等级', '个数', '其中逾期'),
        ...kinds.map(({ status, severity, rows, overdue }): PageCell[] => [
          { text: status, look: 'text' },
          { text: severity, look: 'text' },
          { text: String(rows), look: 'integer', value: rows },
          { text: String(overdue), look: 'integer', value: overdue },
        ]),
      ],
    },
    meta.title,
  ).xml;
}
