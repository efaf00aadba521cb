/** The ledger as a list: one table of columns for the workbook and the CSV file. */
import type { LedgerRow } from '#rules/ledger-row.js';

/** `label`: few distinct words, worth sharing; `text`: anything a person typed. */
export type CellKind = 'text' | 'label' | 'date' | 'integer' | 'flag';

export interface LedgerColumn {
  key: keyof LedgerRow;
  title: string;
  kind: CellKind;
  /** In characters of the workbook's default font. */
  width: number;
}

export const LEDGER_COLUMNS: LedgerColumn[] = [
  { key: 'number', title: '问题编号', kind: 'text', width: 20 },
  { key: 'unitName', title: '被督导单位', kind: 'label', width: 26 },
  { key: 'unitCode', title: '学校代码', kind: 'label', width: 13 },
  { key: 'zone', title: '督学责任区', kind: 'label', width: 16 },
  { key: 'source', title: '来源', kind: 'label', width: 10 },
  { key: 'category', title: '类别', kind: 'label', width: 14 },
  { key: 'itemCode', title: '要点编码', kind: 'label', width: 12 },
  { key: 'severity', title: '等级', kind: 'label', width: 7 },
  { key: 'finding', title: '问题', kind: 'text', width: 60 },
  { key: 'basis', title: '依据', kind: 'label', width: 36 },
  { key: 'standardValue', title: '标准值', kind: 'label', width: 36 },
  { key: 'measuredValue', title: '实测值', kind: 'text', width: 18 },
  { key: 'requirements', title: '整改要求', kind: 'text', width: 36 },
  { key: 'registeredOn', title: '登记日期', kind: 'date', width: 12 },
  { key: 'originalDueOn', title: '原定期限', kind: 'date', width: 12 },
  { key: 'dueOn', title: '现期限', kind: 'date', width: 12 },
  { key: 'status', title: '状态', kind: 'label', width: 12 },
  { key: 'daysOverdue', title: '逾期天数', kind: 'integer', width: 10 },
  { key: 'officeOverdue', title: '督导机构超时', kind: 'flag', width: 14 },
  { key: 'escalation', title: '升级处理', kind: 'label', width: 10 },
  { key: 'returnCount', title: '退回次数', kind: 'integer', width: 10 },
  { key: 'foundAgainCount', title: '再次查见', kind: 'integer', width: 10 },
  { key: 'recurrence', title: '反弹', kind: 'label', width: 8 },
  { key: 'closedOn', title: '销号日期', kind: 'date', width: 12 },
  { key: 'noticeNumber', title: '整改通知书', kind: 'label', width: 20 },
];
