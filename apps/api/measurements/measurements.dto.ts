import { STAGES } from '#rules/stages.js';
import {
  Choice,
  Count,
  DayField,
  Flag,
  Id,
  Int,
  Nested,
  NestedList,
  Num,
  PageQueryDto,
  Text,
} from '../http/fields.js';

export class MeasurementsQuery extends PageQueryDto {
  @Text({ optional: true, description: '指标，如 written_homework_minutes_avg' }) metric?: string;
  @Id({ optional: true }) unitId?: string;
  @DayField({ optional: true, description: '测量日期，含当日' }) from?: string;
  @DayField({ optional: true, description: '测量日期，含当日' }) to?: string;
}

export class MeasuredUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
}
export class MeasurementView {
  @Id() id: string;
  @Nested(() => MeasuredUnitView) unit: MeasuredUnitView;
  @Id({ nullable: true }) inspectionId: string | null;
  @Text() itemCode: string;
  @Text() metric: string;
  @Text() unitOfMeasure: string;
  @Choice(STAGES, { nullable: true }) stage: string | null;
  @Int({ nullable: true }) grade: number | null;
  @Text({ nullable: true }) label: string | null;
  @Num({ description: '时刻以零时起的分钟数表示' }) value: number;
  @Num({ nullable: true }) numerator: number | null;
  @Num({ nullable: true }) denominator: number | null;
  @Flag({ description: '学校自查所得，只有本单位看得到' }) selfCheck: boolean;
  @DayField() measuredOn: string;
}
export class MeasurementPage {
  @NestedList(() => MeasurementView) items: MeasurementView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
