import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DistrictSettings } from '#rules/settings.js';

@Entity('districts')
export class District {
  @PrimaryColumn('uuid') id: string;
  /** Six-digit administrative division code (行政区划代码). */
  @Column('text') code: string;
  @Column('text') name: string;
  /** Made-up data: marked as a demo on every page and document. */
  @Column('boolean') demo: boolean;
  @Column('jsonb') settings: DistrictSettings;
  @Column('integer') revision: number;
  @Column('timestamptz') createdAt: Date;
}
