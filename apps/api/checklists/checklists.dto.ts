import { ApiProperty } from '@nestjs/swagger';
import { CATEGORIES, POLICY_PROFILES, type PolicyProfile, SUBJECTS, type Subject } from '#rules/library.js';
import { SCHOOL_SYSTEMS, STAGES, type Stage } from '#rules/stages.js';
import {
  Choice,
  Choices,
  Count,
  Flag,
  Id,
  Instant,
  Int,
  JsonObject,
  NestedList,
  PageQueryDto,
  QueryFlag,
  Text,
  Texts,
} from '../http/fields.js';

const STATUSES = ['draft', 'published', 'retired'] as const;
const COVERAGES = ['full', 'partial'] as const;
const CODE = {
  max: 40,
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  patternMessage: '只能用字母、数字、短横线和下划线',
};

export class ChecklistQueryDto extends PageQueryDto {
  @Choice(STATUSES, { optional: true }) status?: (typeof STATUSES)[number];
  @Text({ ...CODE, optional: true }) code?: string;
  @Choice(SUBJECTS, { optional: true }) subject?: Subject;
  @QueryFlag({ optional: true, description: '不列要点' }) summary?: boolean;
}

export class ItemReferenceDto {
  @Text({ max: 20 }) itemCode: string;
  @Flag({ optional: true, description: '是否必查，默认 true' }) required?: boolean;
}

export class NewChecklistDto {
  @Text({ optional: true, max: 40, description: '从清单库带入的清单编号，其余各项可另行给出' })
  fromLibrary?: string;
  @Text({ ...CODE, optional: true, description: '在用的编号即起草其下一版' }) code?: string;
  @Text({ optional: true }) title?: string;
  @Choice(SUBJECTS, { optional: true }) subject?: Subject;
  @Choice(COVERAGES, { optional: true }) coverage?: (typeof COVERAGES)[number];
  @Choice(POLICY_PROFILES, { optional: true, description: '默认为本区设置' }) policyProfile?: PolicyProfile;
  @Choices(STAGES, { optional: true, min: 1, description: '默认为各要点涉及的学段' }) stages?: Stage[];
  @Text({ optional: true, nullable: true, max: 2000 }) note?: string | null;
  @NestedList(() => ItemReferenceDto, { optional: true, max: 500 }) items?: ItemReferenceDto[];
}

export class ChangeChecklistDto {
  @Text({ optional: true }) title?: string;
  @Choice(COVERAGES, { optional: true }) coverage?: (typeof COVERAGES)[number];
  @Choice(POLICY_PROFILES, { optional: true }) policyProfile?: PolicyProfile;
  @Choices(STAGES, { optional: true, min: 1 }) stages?: Stage[];
  @Text({ optional: true, nullable: true, max: 2000 }) note?: string | null;
  @NestedList(() => ItemReferenceDto, { optional: true, max: 500 }) items?: ItemReferenceDto[];
}

export class ChecklistItemView {
  @Text() itemCode: string;
  @Text() title: string;
  @Text({ max: 1000 }) question: string;
  @Text({ optional: true, max: 1000, description: '以是否作答的要点：文书所印的要求' }) requirement?: string;
  @Choice(CATEGORIES) category: string;
  @Choice(SUBJECTS) subject: string;
  @Choices(STAGES) stages: string[];
  @ApiProperty({ type: 'array', items: { type: 'integer' }, description: '适用的年级' }) grades: number[];
  @Choice(SCHOOL_SYSTEMS) schoolSystem: string;
  @Choice(POLICY_PROFILES) policyProfile: string;
  @JsonObject({
    description:
      '{type: boolean, passWhen} 或 {type: measure, metric, unit, comparator, limit?, bands?: [{stages, grades, limit}]} 或 {type: indicator, …}；限值在发布时按本区确定',
  })
  judge: object;
  @Texts() evidence: string[];
  @Flag() evidenceRequired: boolean;
  @Choice(['minor', 'major', 'serious']) severity: string;
  @JsonObject({ optional: true, description: '按影响范围 individual、grade、school 另定的等级' })
  severityByExtent?: object;
  @Flag() veto: boolean;
  @Text({ optional: true }) vetoScope?: string;
  @Text({ max: 2000 }) basis: string;
  @Flag({ description: '是否必查' }) required: boolean;
  @Text({ optional: true, max: 1000 }) note?: string;
  @Choice(['refer'], { optional: true, description: '宜移交主管部门' }) disposition?: string;
  @Choice(['ledger'], { optional: true, description: '由台账算出，督学不填' }) computed?: string;
}

export class ChecklistView {
  @Id() id: string;
  @Text({ max: 40 }) code: string;
  @Text() title: string;
  @Int({ min: 1 }) version: number;
  @Choice(STATUSES) status: string;
  @Choice(SUBJECTS) subject: string;
  @Choices(STAGES) stages: string[];
  @Choice(POLICY_PROFILES) policyProfile: string;
  @Choice(COVERAGES, { description: '只有全面检查才能使单位达标' }) coverage: string;
  @Text({ nullable: true, max: 2000 }) note: string | null;
  @Int() itemCount: number;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) publishedAt: string | null;
  @Int({ min: 1 }) revision: number;
  @NestedList(() => ChecklistItemView, { max: 500 }) items: ChecklistItemView[];
}

/** In a list asked for with `summary=true` the items are left out. */
export class ListedChecklistView extends ChecklistView {
  @NestedList(() => ChecklistItemView, { max: 500, optional: true }) declare items: ChecklistItemView[];
}
export class ChecklistPage {
  @NestedList(() => ListedChecklistView) items: ListedChecklistView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
