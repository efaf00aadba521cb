import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ResolvedItem } from '#rules/checklist.js';
import type { PolicyProfile, Subject } from '#rules/library.js';
import type { Stage } from '#rules/stages.js';

/** What a draft keeps of an item: the library has the rest until publication freezes it. */
export type ItemReference = { itemCode: string; required: boolean };

/** A version of a checklist (督导清单). `items` are references in a draft and whole, resolved items ever after. */
@Entity('checklists')
export class Checklist {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') code: string;
  @Column('integer') version: number;
  @Column('text') title: string;
  @Column('text') status: 'draft' | 'published' | 'retired';
  @Column('text') subject: Subject;
  @Column('text', { array: true }) stages: Stage[];
  @Column('text') policyProfile: PolicyProfile;
  @Column('text') coverage: 'full' | 'partial';
  @Column('text', { nullable: true }) note: string | null;
  @Column('jsonb') items: ItemReference[] | ResolvedItem[];
  @Column('uuid', { nullable: true }) createdBy: string | null;
  @Column('timestamptz') createdAt: Date;
  @Column('uuid', { nullable: true }) publishedBy: string | null;
  @Column('timestamptz', { nullable: true }) publishedAt: Date | null;
  @Column('integer') revision: number;
}

/** A version that was published, perhaps retired since: complete in itself. */
export type FrozenChecklist = Checklist & { status: 'published' | 'retired'; items: ResolvedItem[] };

/** Whether the version was ever published: then its items are whole and never change. */
export const isFrozen = (checklist: Checklist): checklist is FrozenChecklist => checklist.status !== 'draft';
