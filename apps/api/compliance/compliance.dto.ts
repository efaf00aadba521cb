import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { COMPLIANCE_STATUSES } from '#rules/compliance.js';
import { ISSUE_STATUSES, SEVERITIES } from '#rules/issue-lifecycle.js';
import { SUBJECTS } from '#rules/library.js';
import {
  Choice,
  Count,
  DayField,
  Flag,
  Id,
  Instant,
  Int,
  Nested,
  NestedList,
  PageQueryDto,
  QueryInt,
  Text,
} from '../http/fields.js';

const STATUSES = Object.keys(COMPLIANCE_STATUSES);

export class ComplianceUnitsQuery extends PageQueryDto {
  @Choice(STATUSES, { optional: true, description: '总体状态' }) status?: keyof typeof COMPLIANCE_STATUSES;
  @Id({ optional: true, description: '责任区' }) zoneId?: string;
  @Choice(SUBJECTS, { optional: true, description: '单位类别' }) kind?: (typeof SUBJECTS)[number];
}

export class ChangesQuery {
  @Text({ optional: true, max: 4000, description: '上一次返回的 nextCursor；不带则从头同步' }) since?: string;
  @QueryInt({ optional: true, min: 1, max: 200, description: '每次条数，默认 50' }) limit?: number;
}

export class MetRateView {
  @Int({ description: '判为达标的答案数' }) met: number;
  @Int({ description: '判为达标或不达标的答案数' }) judged: number;
}
export class ComplianceUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @Choice(SUBJECTS) kind: string;
  @Id({ nullable: true }) zoneId: string | null;
  @Text() districtCode: string;
  @DayField({ nullable: true }) closedOn: string | null;
}
export class CategoryStatusView {
  @Text() category: string;
  @Choice(STATUSES) status: string;
  @Int() open: number;
  @Int() overdue: number;
  @Nested(() => MetRateView) metRate: MetRateView;
}
export class ComplianceView {
  @Nested(() => ComplianceUnitView) unit: ComplianceUnitView;
  @Choice(STATUSES) status: string;
  @NestedList(() => CategoryStatusView) categories: CategoryStatusView[];
  @Int() open: number;
  @Int() overdue: number;
  @Int() closed: number;
  @DayField({ nullable: true }) lastInspectionOn: string | null;
  @Nested(() => MetRateView) metRate: MetRateView;
  @DayField({ nullable: true, description: '最近的整改期限' }) nextDueOn: string | null;
  @Instant({ description: '状态最近一次变化的时刻，包括在零时起变的' }) changedAt: string;
  @DayField({ description: '按哪一天（当地日期）计算' }) asOfDate: string;
}
export class CompliancePage {
  @NestedList(() => ComplianceView) items: ComplianceView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class GoneUnitView {
  @Id() id: string;
}
export class TombstoneView {
  @Nested(() => GoneUnitView) unit: GoneUnitView;
  @ApiProperty({ type: 'boolean', enum: [true], description: '该单位已不在结果中' }) deleted: true;
  @Choice(['closed', 'out_of_scope']) reason: string;
}
@ApiExtraModels(TombstoneView)
export class ChangesView {
  @ApiProperty({
    type: 'array',
    maxItems: 200,
    items: { oneOf: [{ $ref: getSchemaPath(ComplianceView) }, { $ref: getSchemaPath(TombstoneView) }] },
  })
  items: (ComplianceView | TombstoneView)[];
  @Text({ max: 4000, description: '下一次的 since，没有变化时也给出' }) nextCursor: string;
  @Flag({ description: '是否还有，可立即再取' }) hasMore: boolean;
}

export class OpenIssueView {
  @Id() id: string;
  @Text() number: string;
  @Choice(Object.keys(ISSUE_STATUSES)) status: string;
  @Choice(Object.keys(SEVERITIES)) severity: string;
  @DayField({ nullable: true }) dueOn: string | null;
  @Flag() overdue: boolean;
}
export class ComplianceItemView {
  @Text({ nullable: true, description: '要点；不对应要点的问题为 null' }) itemCode: string | null;
  @Text({ nullable: true }) title: string | null;
  @Text({ nullable: true }) category: string | null;
  @Choice(['compliant', 'non_compliant', 'not_applicable', 'not_checked'], { nullable: true }) verdict:
    | string
    | null;
  @Instant({ nullable: true }) answeredAt: string | null;
  @Id({ nullable: true }) inspectionId: string | null;
  @DayField({ nullable: true }) inspectedOn: string | null;
  @NestedList(() => OpenIssueView, { max: 100_000 }) openIssues: OpenIssueView[];
}
export class ItemsUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
}
export class ComplianceItemsView {
  @Nested(() => ItemsUnitView) unit: ItemsUnitView;
  @DayField() asOfDate: string;
  @NestedList(() => ComplianceItemView, { max: 2000 }) items: ComplianceItemView[];
}

export class StatusCountsView {
  @Int() escalated: number;
  @Int() overdue: number;
  @Int() rectifying: number;
  @Int() uninspected: number;
  @Int() compliant: number;
}
export class SumsView {
  @Int({ description: '单位数' }) units: number;
  @Nested(() => StatusCountsView) statuses: StatusCountsView;
  @Int() open: number;
  @Int() overdue: number;
  @Nested(() => MetRateView) metRate: MetRateView;
}
export class ZoneSumsView extends SumsView {
  @Id({ nullable: true }) zoneId: string | null;
  @Text() name: string;
}
export class CategorySumsView extends SumsView {
  @Text() category: string;
}
export class DistrictHeadView {
  @Text() code: string;
  @Text() name: string;
}
export class DistrictComplianceView extends SumsView {
  @Nested(() => DistrictHeadView) district: DistrictHeadView;
  @DayField() asOfDate: string;
  @Int() closed: number;
  @NestedList(() => ZoneSumsView) zones: ZoneSumsView[];
  @NestedList(() => CategorySumsView) categories: CategorySumsView[];
}
