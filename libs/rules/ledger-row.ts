/** One issue in the words of the screen, as the ledger's workbook and CSV file print it; days are local. */
import type { Day } from './local-date.js';

export type LedgerRow = {
  number: string;
  unitName: string;
  unitCode: string | null;
  zone: string | null;
  source: string;
  category: string;
  itemCode: string | null;
  severity: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  requirements: string | null;
  registeredOn: Day;
  originalDueOn: Day | null;
  dueOn: Day | null;
  status: string;
  daysOverdue: number;
  officeOverdue: boolean;
  escalation: string | null;
  returnCount: number;
  foundAgainCount: number;
  recurrence: string | null;
  closedOn: Day | null;
  noticeNumber: string | null;
};
