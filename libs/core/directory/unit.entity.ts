import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Pupils of a grade, or in all, beyond which the figure is a slip of the hand. */
export const MOST_PUPILS = 100_000;

/** A supervised unit (被督导单位). Never deleted: closed on a date. */
@Entity('units')
export class Unit {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: 'school' | 'training_institution' | 'department';
  /** Ten digits for a school. */
  @Column('text') code: string;
  @Column('text') name: string;
  @Column('uuid', { nullable: true }) zoneId: string | null;
  @Column('text', { array: true }) stages: ('primary' | 'junior' | 'senior')[];
  @Column('text', { nullable: true }) ownership: 'public' | 'private' | null;
  @Column('boolean') boarding: boolean;
  /** Number of pupils by grade, or in all. */
  @Column('jsonb') pupils: Record<string, number> | number;
  @Column('text', { nullable: true }) address: string | null;
  @Column('date', { nullable: true }) openedOn: string | null;
  @Column('date', { nullable: true }) closedOn: string | null;
  @Column('integer') revision: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
}
