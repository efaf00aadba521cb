import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CircularAnnex, CircularNarrative, CircularSnapshot } from '#rules/circular.js';
import type { Month } from '#rules/local-date.js';

export const CIRCULAR_STATUSES = ['queued', 'rendering', 'draft', 'issued', 'failed'] as const;
export type CircularStatus = (typeof CIRCULAR_STATUSES)[number];

/** What is made of every revision: the text, its tables to reckon with, the text to go on editing. */
export const CIRCULAR_FORMATS = ['pdf', 'xlsx', 'docx'] as const;
export type CircularFormat = (typeof CIRCULAR_FORMATS)[number];

/** A circular 督查通报: figures frozen at the cut-off first, documents made from them second. */
@Entity('circulars')
export class Circular {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: 'monthly';
  @Column('text') period: Month;
  /** Records up to this instant count. */
  @Column('timestamptz') cutoff: Date;
  @Column('boolean') cutoffGiven: boolean;
  /** The issued circular that this one corrects. */
  @Column('uuid', { nullable: true }) corrects: string | null;
  @Column('text') status: CircularStatus;
  /** Percent of the documents' making. */
  @Column('integer') progress: number;
  /** Frozen: never changes once it is there. */
  @Column('jsonb', { nullable: true }) snapshot: CircularSnapshot | null;
  /** SHA-256 of the snapshot's canonical JSON, hexadecimal. */
  @Column('text', { nullable: true }) snapshotHash: string | null;
  /** Parts of the text as edited, over those composed from the figures. */
  @Column('jsonb') narrative: Partial<CircularNarrative>;
  /** The annexes printed, in order. */
  @Column('text', { array: true }) annexes: CircularAnnex[];
  /** 主送、抄送 as the desk chose them; null: as the snapshot has them. */
  @Column('text', { array: true, nullable: true }) recipients: string[] | null;
  @Column('text', { array: true, nullable: true }) copyRecipients: string[] | null;
  @Column('text', { nullable: true }) documentNumber: string | null;
  @Column('date', { nullable: true }) issuedOn: string | null;
  @Column('uuid', { nullable: true }) issuedBy: string | null;
  @Column('timestamptz', { nullable: true }) issuedAt: Date | null;
  @Column('uuid') draftedBy: string;
  /** Why it failed, for the office. */
  @Column('text', { nullable: true }) error: string | null;
  /** Rises whenever the documents must be made anew; only files of this revision are shown. */
  @Column('integer') renderRevision: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('integer') revision: number;
}
