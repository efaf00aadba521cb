import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { INSPECTION_KINDS } from '#rules/library.js';

/** One visit of a plan. The lead is always one of the team; `inspectionId` is there once the plan was launched. */
export type Assignment = {
  unitId: string;
  /** Local day; null: the first day of the plan. */
  scheduledOn: string | null;
  leadId: string;
  team: string[];
  inspectionId?: string;
};

/** A supervision plan (督导计划): who visits which units, by which checklist version, between which days. */
@Entity('plans')
export class Plan {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') title: string;
  @Column('text') kind: (typeof INSPECTION_KINDS)[number];
  @Column('uuid') checklistId: string;
  @Column('date') startsOn: string;
  @Column('date') endsOn: string;
  @Column('text') status: 'draft' | 'launched' | 'closed';
  @Column('jsonb') assignments: Assignment[];
  @Column('text', { nullable: true }) note: string | null;
  @Column('uuid') createdBy: string;
  @Column('timestamptz') createdAt: Date;
  @Column('uuid', { nullable: true }) launchedBy: string | null;
  @Column('timestamptz', { nullable: true }) launchedAt: Date | null;
  @Column('integer') revision: number;
}
