/** The explanation sheet of the ledger's workbook, and the names of its sheets. */
import { LEDGER_COLUMNS } from '../ledger-columns.js';
import type { LedgerMeta } from '../ledger-xlsx.js';
import { packageParts } from './parts.js';
import { columnLetters, pageXml } from './sheets.js';

interface Finished {
  rows: number;
  /** Rows of each sheet, without the head. */
  sheets: number[];
  shared: Map<string, number>;
}

/** Name and text of each part; asked for after the last row, when the sheets are known. */
export function ledgerParts(meta: LedgerMeta, book: Finished): [string, string][] {
  const last = columnLetters(LEDGER_COLUMNS.length);
  const sheets = book.sheets.map((rows, i) => ({
    name: `台账${i === 0 ? '' : i + 1}${meta.demo ? '（演示数据）' : ''}`,
    list: `A1:${last}${rows + 1}`,
  }));
  return [
    [`xl/worksheets/sheet${sheets.length + 1}.xml`, noteSheet(meta, book.rows)],
    ...packageParts([...sheets, { name: '说明', list: null }], book.shared.keys()),
  ];
}

function noteSheet(meta: LedgerMeta, rows: number): string {
  const lines: [string, string][] = [
    ['导出时间', meta.exportedAt],
    ['筛选条件', meta.filter ?? '无（全部问题）'],
    ['问题个数', String(rows)],
    ['逾期天数', '截至导出时，责任在被督导单位的逾期自然日数；未逾期为 0。'],
    ['督导机构超时', '等待核验、审批或申辩处理，已超过督导机构办理时限。'],
    ['原定期限', '下发整改通知书时的期限；现期限含批准的延期和督导机构办理所补的工作日。'],
  ];
  return pageXml(
    {
      name: '说明',
      widths: [16, 80],
      rows: [
        [{ text: meta.title, look: 'title' }],
        [{ text: meta.demo ? '演示数据　不作为工作依据' : '', look: 'mark' }],
        ...lines.map(([name, text]) => [
          { text: name, look: 'head' as const },
          { text, look: 'wrapped' as const },
        ]),
      ],
    },
    meta.title,
  );
}
