import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import type { IssueFilter } from '#core/issues/filter.js';
import { ISSUE_SORTS, type IssueSort } from '#core/issues/list.js';
import {
  ESCALATION_ORDER,
  type EscalationStep,
  ISSUE_ACTION_NAMES,
  ISSUE_STATUSES,
  type IssueStatus,
  MODES,
  SEVERITY_ORDER,
  type Severity,
  SOURCES,
  type Source,
} from '#rules/issue-lifecycle.js';
import { CATEGORIES, SUBJECTS } from '#rules/library.js';
import {
  Choice,
  Choices,
  Count,
  DayField,
  Flag,
  Hashes,
  Id,
  Instant,
  Int,
  JsonObject,
  Nested,
  NestedList,
  PageQueryDto,
  QueryFlag,
  Text,
  Texts,
} from '../http/fields.js';

const STATUSES = Object.keys(ISSUE_STATUSES);
const SOURCE_NAMES = Object.keys(SOURCES);
const BY_HAND = SOURCE_NAMES.filter((source) => source !== 'self_check');

/** `?status=a,b` or `?status=a&status=b`: alternatives, each once. */
const Listed = (list: PropertyDecorator) =>
  applyDecorators(
    Transform(({ value }) => {
      const given: unknown[] = Array.isArray(value) ? value : [value];
      if (!given.every((one) => typeof one === 'string')) return value;
      return [...new Set(given.flatMap((one) => one.split(',')))];
    }),
    list,
  );

/** The filters of the ledger; exports take the same. */
export class IssueFilterDto extends PageQueryDto implements IssueFilter {
  @Listed(Choices(STATUSES, { optional: true, description: '状态，可多个，以逗号分隔' }))
  status?: IssueStatus[];
  @Listed(Choices(SEVERITY_ORDER, { optional: true })) severity?: Severity[];
  @Listed(Choices(SOURCE_NAMES, { optional: true, description: '来源；自查问题只在指明 self_check 时列出' }))
  source?: Source[];
  @Id({ optional: true }) unitId?: string;
  @Id({ optional: true }) zoneId?: string;
  @Listed(Texts({ optional: true, max: 20 })) category?: string[];
  @Listed(Texts({ optional: true, max: 50, each: 60 })) itemCode?: string[];
  @Id({ optional: true }) inspectionId?: string;
  @Id({ optional: true }) noticeId?: string;
  @Listed(Choices(ESCALATION_ORDER, { optional: true })) escalation?: EscalationStep[];
  @QueryFlag({ optional: true }) overdue?: boolean;
  @QueryFlag({ optional: true, description: '督导机构超时' }) officeOverdue?: boolean;
  @Transform(({ value }) => (value === 'true' ? 'any' : value === 'false' ? 'none' : value))
  @Choice(['suspected', 'confirmed', 'any', 'none'], {
    optional: true,
    description: '反弹：疑似、已认定、两者、都不是（true 即 any，false 即 none）',
  })
  recurrence?: IssueFilter['recurrence'];
  @DayField({ optional: true, description: '期限在此日或之前' }) dueBefore?: string;
  @AsOf() asOf?: string;
  @Text({ optional: true, max: 100, description: '编号、问题、单位名称中的文字' }) q?: string;
}
function AsOf() {
  return Text({
    optional: true,
    max: 40,
    pattern: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/,
    patternMessage: '应为带时区的 ISO 8601 时刻，或日期（当日终了）',
    description: '截至该时刻（或该日终了）的台账',
  });
}

export class IssueQueryDto extends IssueFilterDto {
  @Choice(ISSUE_SORTS, { optional: true, description: '默认 -registeredAt，新登记的在前' }) sort?: IssueSort;
}

export class OrderQueryDto {
  @Text({ optional: true, max: 60, description: '督办单编号；不写为最近一份' }) number?: string;
}

/** What must be there is asked for after the role; the reference says it is required. */
const Required = (field: PropertyDecorator) => applyDecorators(field, ApiProperty({ required: true }));

export class RegisterIssueDto {
  @Required(Id({ optional: true })) unitId?: string;
  @Text({ optional: true, max: 60, description: '要点编码；与类别至少填一项' }) itemCode?: string;
  @Choice(CATEGORIES, { optional: true }) category?: string;
  @Required(Text({ optional: true, empty: true, max: 4000 })) finding?: string;
  @Required(Choice(SEVERITY_ORDER, { optional: true })) severity?: Severity;
  @Choice(BY_HAND, { optional: true, description: '默认 visit；督学只能登记 visit' }) source?: Exclude<
    Source,
    'self_check'
  >;
  @Text({ optional: true, max: 4000 }) requirements?: string;
  @Id({ optional: true }) inspectionId?: string;
  @Hashes({ optional: true }) attachments?: string[];
}

export class IssueUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @Choice(SUBJECTS) kind: string;
  @Id({ nullable: true }) zoneId: string | null;
}
export class NamedPersonView {
  @Id() id: string;
  @Text() name: string;
}
export class MilestoneView {
  @DayField() on: string;
  @Text({ max: 500 }) text: string;
}

const step = (description: string) =>
  JsonObject({ nullable: true, description: `${description}；at、by、byName 为办理时间与办理人` });

export class IssueView {
  @Id() id: string;
  @Text({ description: '问题编号；WT 为督导台账，ZC 为自查' }) number: string;
  @Choice(STATUSES) status: string;
  @Choice(SEVERITY_ORDER) severity: string;
  @Choice(SEVERITY_ORDER, { description: '登记时认定的等级' }) severityGiven: string;
  @Choice(Object.keys(MODES)) mode: string;
  @Choice(SOURCE_NAMES) source: string;
  @Nested(() => IssueUnitView) unit: IssueUnitView;
  @Text() category: string;
  @Text({ nullable: true }) itemCode: string | null;
  @Text({ nullable: true, max: 4000 }) basis: string | null;
  @Text({ nullable: true, max: 1000 }) standardValue: string | null;
  @Text({ nullable: true, max: 1000 }) measuredValue: string | null;
  @Text({ max: 4000 }) finding: string;
  @Text({ nullable: true, max: 4000 }) requirements: string | null;
  @Flag({ description: '申请销号时须附佐证材料' }) evidenceRequired: boolean;
  @DayField({ nullable: true }) dueOn: string | null;
  @DayField({ nullable: true }) originalDueOn: string | null;
  @Text({ nullable: true, max: 4000, description: '期限如何算出' }) dueExplanation: string | null;
  @Flag() overdue: boolean;
  @Int({ description: '日历日' }) daysOverdue: number;
  @DayField({ nullable: true, description: '督导机构核验、销号或裁定的期限' }) officeDueOn: string | null;
  @Flag() officeOverdue: boolean;
  @Flag({ description: '逾期后才申请销号' }) requestedLate: boolean;
  @Choice(ESCALATION_ORDER, { nullable: true }) escalation: string | null;
  @Int() returnCount: number;
  @Int() foundAgainCount: number;
  @Int({ description: '已同意的延期次数' }) extensionCount: number;
  @Flag() extensionPending: boolean;
  @Id({ nullable: true, description: '疑似反弹：此前已销号的问题' }) recurrenceOf: string | null;
  @Flag() recurrenceConfirmed: boolean;
  @Id({ nullable: true }) mergedInto: string | null;
  @Flag({ description: '补录' }) lateEntry: boolean;
  @Id({ nullable: true }) noticeId: string | null;
  @Text({ nullable: true }) noticeNumber: string | null;
  @Id({ nullable: true }) inspectionId: string | null;
  @Instant() registeredAt: Date;
  @Nested(() => NamedPersonView) registeredBy: NamedPersonView;
  @DayField() feedbackOn: string;
  @DayField({ nullable: true }) servedOn: string | null;
  @Instant({ nullable: true }) closeRequestedAt: Date | null;
  @Instant({ nullable: true }) verifiedAt: Date | null;
  @Instant({ nullable: true }) closedAt: Date | null;
  @NestedList(() => MilestoneView) milestones: MilestoneView[];
  @step('整改方案') plan: object | null;
  @step('申辩及其裁定') objection: object | null;
  @step('最近一次延期申请及其答复') extension: object | null;
  @step('整改措施') rectification: object | null;
  @step('核验') verification: object | null;
  @step('最近一次退回') return: object | null;
  @step('移交及其办结') referral: object | null;
  @step('反弹认定') recurrence: object | null;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: '升级措施；督办和约谈带 order：督办单的 number、colour（blue、orange、red）、completeBy',
  })
  escalations: object[];
  @step('更正检查记录后提出的撤销建议') withdrawalProposal: object | null;
  @step('销号意见') closing: object | null;
  @Hashes({ max: 1000 }) attachments: string[];
  @Instant() changedAt: Date;
  @Choices(ISSUE_ACTION_NAMES, { description: '本人此刻可以办理的事项' }) allowedActions: string[];
}
export class IssuePage {
  @NestedList(() => IssueView) items: IssueView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class IssueEventView {
  @Text() id: string;
  @Instant() at: Date;
  @ApiProperty({
    type: 'object',
    properties: { id: { type: 'string', format: 'uuid', nullable: true }, name: { type: 'string' } },
    required: ['id', 'name'],
  })
  actor: object;
  @Text({
    description: 'register、各办理事项，及 found_again、absorb、propose_withdrawal、drop_withdrawal_proposal',
  })
  action: string;
  @Text({ nullable: true, max: 4000 }) reason: string | null;
  @JsonObject({ description: '字段 → [之前, 之后]' }) changes: object;
  @Flag({ description: '代单位办理' }) onBehalf: boolean;
  @JsonObject() details: object;
}
export class IssueEventPage {
  @NestedList(() => IssueEventView) items: IssueEventView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class BulkResultView {
  @Id() issueId: string;
  @Flag() ok: boolean;
  @Nested(() => IssueView, { optional: true }) issue?: IssueView;
  @JsonObject({ optional: true, description: '与单个办理时的错误相同' }) problem?: object;
}
export class BulkResultsView {
  @NestedList(() => BulkResultView) results: BulkResultView[];
}
