import type { Mode, Severity } from '#rules/issue-lifecycle.js';
import type { Day } from '#rules/local-date.js';

/** One issue in a notice, as it was told: later changes of the issue do not change the document. */
export type NoticeLine = {
  issueId: string;
  number: string;
  category: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  requirements: string;
  dueOn: Day;
  severity: Severity;
  mode: Mode;
  /** Of 长期坚持; notices of before have none. */
  milestones?: { on: Day; text: string }[];
};

/** 签收; `refused`: the unit would not sign, and the note says how it was left there (留置送达). */
export type NoticeReceipt = {
  receivedBy: string;
  receivedAt: string;
  refused: boolean;
  note: string | null;
  attachments: string[];
  recordedBy: { id: string; name: string };
  onBehalf: boolean;
};
