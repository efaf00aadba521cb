import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredAnswer } from '#rules/answers.js';
import type { INSPECTION_KINDS } from '#rules/library.js';

export type InspectionKind = (typeof INSPECTION_KINDS)[number];
export type InspectionStatus = 'assigned' | 'in_progress' | 'submitted' | 'archived' | 'cancelled';

/** What the lead decided on a failed answer at submission, kept as it was carried out. */
export type Disposition = {
  itemCode: string;
  as: 'issue' | 'found_again' | 'reminder';
  issueId?: string;
  reason?: string;
};

/** Who signed on the record, with the image of the signature where there is one. */
export type Signature = {
  role: 'lead' | 'member' | 'unit';
  name: string;
  attachment?: string;
  signedAt?: string;
};

/** One or several sessions of a team at one unit, with one checklist version (督导检查). */
@Entity('inspections')
export class Inspection {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') unitId: string;
  @Column('uuid') checklistId: string;
  @Column('uuid', { nullable: true }) planId: string | null;
  @Column('text') kind: InspectionKind;
  @Column('text') status: InspectionStatus;
  @Column('date') scheduledOn: string;
  @Column('uuid') leadId: string;
  /** The current answers, by item code. */
  @Column('jsonb') answers: Record<string, StoredAnswer>;
  @Column('text', { nullable: true }) summary: string | null;
  @Column('text', { nullable: true }) strengths: string | null;
  @Column('jsonb') signatures: Signature[];
  @Column('jsonb') dispositions: Disposition[];
  /** Local day of the latest answer; set at submission. */
  @Column('date', { nullable: true }) visitedOn: string | null;
  @Column('integer') judged: number;
  @Column('integer') met: number;
  /** 补录: made before a cut-off, submitted after it. */
  @Column('boolean') lateEntry: boolean;
  @Column('uuid') createdBy: string;
  @Column('timestamptz') createdAt: Date;
  @Column('uuid', { nullable: true }) submittedBy: string | null;
  @Column('timestamptz', { nullable: true }) submittedAt: Date | null;
  @Column('text', { nullable: true }) cancelledBecause: string | null;
  @Column('integer') revision: number;
  @Column('timestamptz') updatedAt: Date;
}
