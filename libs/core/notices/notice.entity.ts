import { Column, Entity, PrimaryColumn } from 'typeorm';
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

/** 整改通知书: a numbered document for one unit and one inspection. */
@Entity('notices')
export class Notice {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') number: string;
  @Column('uuid') unitId: string;
  @Column('uuid', { nullable: true }) inspectionId: string | null;
  @Column('date') issuedOn: Day;
  @Column('uuid') signedBy: string;
  @Column('timestamptz') servedAt: Date;
  @Column('jsonb', { nullable: true }) receipt: NoticeReceipt | null;
  @Column('jsonb') lines: NoticeLine[];
  @Column('timestamptz') createdAt: Date;
  @Column('integer') revision: number;
}
