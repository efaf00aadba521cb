import { Column, Entity, PrimaryColumn } from 'typeorm';

export const EXPORT_FORMATS = ['xlsx', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const EXPORT_STATUSES = ['queued', 'running', 'done', 'failed', 'expired'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** A large download that the worker makes; the file is kept seven days. */
@Entity('exports')
export class Export {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: 'issues';
  @Column('text') format: ExportFormat;
  /** The query of `GET /issues`, as it was validated. */
  @Column('jsonb') filter: object;
  @Column('text') status: ExportStatus;
  /** Percent. */
  @Column('integer') progress: number;
  @Column('integer', { nullable: true }) rowCount: number | null;
  @Column('text', { nullable: true }) storageKey: string | null;
  @Column('bigint', { nullable: true }) size: number | null;
  @Column('text', { nullable: true }) sha256: string | null;
  /** Why it failed, for the person who asked. */
  @Column('text', { nullable: true }) error: string | null;
  @Column('uuid') requestedBy: string;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) finishedAt: Date | null;
}
