import { INSPECTION_KINDS } from '#rules/library.js';
import {
  Choice,
  Count,
  DayField,
  Id,
  Ids,
  Instant,
  Int,
  Nested,
  NestedList,
  PageQueryDto,
  Text,
} from '../http/fields.js';

type Kind = (typeof INSPECTION_KINDS)[number];
const STATUSES = ['draft', 'launched', 'closed'] as const;
const INSPECTION_STATUSES = ['assigned', 'in_progress', 'submitted', 'archived', 'cancelled'] as const;

export class PlanQueryDto extends PageQueryDto {
  @Choice(STATUSES, { optional: true }) status?: string;
  @Choice(INSPECTION_KINDS, { optional: true }) kind?: string;
}

export class AssignmentDto {
  @Id() unitId: string;
  @DayField({ optional: true, nullable: true, description: '默认为计划的开始日期' })
  scheduledOn?: string | null;
  @Id({ description: '组长，总是检查组成员' }) leadId: string;
  @Ids({ optional: true, max: 30 }) team?: string[];
}

export class NewPlanDto {
  @Text() title: string;
  @Choice(INSPECTION_KINDS) kind: Kind;
  @Id() checklistId: string;
  @DayField() startsOn: string;
  @DayField() endsOn: string;
  @Text({ optional: true, nullable: true, max: 2000 }) note?: string | null;
  @NestedList(() => AssignmentDto, { optional: true, max: 500 }) assignments?: AssignmentDto[];
}

export class ChangePlanDto {
  @Text({ optional: true }) title?: string;
  @Choice(INSPECTION_KINDS, { optional: true }) kind?: Kind;
  @Id({ optional: true }) checklistId?: string;
  @DayField({ optional: true }) startsOn?: string;
  @DayField({ optional: true }) endsOn?: string;
  @Text({ optional: true, nullable: true, max: 2000 }) note?: string | null;
  @NestedList(() => AssignmentDto, { optional: true, max: 500 }) assignments?: AssignmentDto[];
}

export class PlanChecklistView {
  @Id() id: string;
  @Text() code: string;
  @Text() title: string;
  @Int({ min: 1 }) version: number;
}
export class PlanProgressView {
  @Int() planned: number;
  @Int() submitted: number;
  @Int() cancelled: number;
}
export class PlanSummaryView {
  @Id() id: string;
  @Text() title: string;
  @Choice(INSPECTION_KINDS) kind: string;
  @Choice(STATUSES) status: string;
  @Id() checklistId: string;
  @Nested(() => PlanChecklistView) checklist: PlanChecklistView;
  @DayField() startsOn: string;
  @DayField() endsOn: string;
  @Text({ nullable: true, max: 2000 }) note: string | null;
  @Nested(() => PlanProgressView) progress: PlanProgressView;
  @Id() createdBy: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) launchedAt: string | null;
  @Int({ min: 1 }) revision: number;
}
export class PlanPage {
  @NestedList(() => PlanSummaryView) items: PlanSummaryView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
export class PlanUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
}
export class PlanPersonView {
  @Id() id: string;
  @Text() name: string;
}
export class AssignmentView {
  @Id() unitId: string;
  @Nested(() => PlanUnitView) unit: PlanUnitView;
  @DayField({ nullable: true }) scheduledOn: string | null;
  @Id() leadId: string;
  @Nested(() => PlanPersonView) lead: PlanPersonView;
  @Ids() team: string[];
  @NestedList(() => PlanPersonView) members: PlanPersonView[];
  @Id({ nullable: true, description: '下达后的检查编号' }) inspectionId: string | null;
  @Choice(INSPECTION_STATUSES, { nullable: true, description: '检查的状态' }) status: string | null;
}
export class PlanView extends PlanSummaryView {
  @NestedList(() => AssignmentView, { max: 500 }) assignments: AssignmentView[];
}
