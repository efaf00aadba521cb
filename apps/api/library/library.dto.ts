import { ApiProperty } from '@nestjs/swagger';
import { CATEGORIES, INSPECTION_KINDS, POLICY_PROFILES, SUBJECTS } from '#rules/library.js';
import { STAGES } from '#rules/stages.js';
import {
  Choice,
  Choices,
  Flag,
  Int,
  JsonObject,
  NestedList,
  PageQueryDto,
  Text,
  Texts,
} from '../http/fields.js';

export class PolicyQueryDto extends PageQueryDto {
  @Text({ optional: true, max: 100, description: '在标题、文号中查找' }) q?: string;
}

export class ItemQueryDto extends PageQueryDto {
  @Choice(CATEGORIES, { optional: true }) category?: (typeof CATEGORIES)[number];
  @Choice(STAGES, { optional: true }) stage?: (typeof STAGES)[number];
  @Choice(SUBJECTS, { optional: true }) subject?: (typeof SUBJECTS)[number];
  @Text({ optional: true, max: 100, description: '在编号、名称、问题、依据中查找' }) q?: string;
}

export class PolicyView {
  @Text() code: string;
  @Text() title: string;
  @Text({ nullable: true, description: '文号' }) documentNumber: string | null;
  @Text({ nullable: true, description: '印发日期，精确到已知程度：年、年月或年月日' }) issuedOn:
    | string
    | null;
  @Choice(['national', 'local', 'reference']) scope: string;
  @Flag({ description: '能否作为文书依据引用' }) citable: boolean;
  @Int({ optional: true, description: '条数' }) clauses?: number;
}
export class PolicyPage {
  @NestedList(() => PolicyView) items: PolicyView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Int({ optional: true }) count?: number;
}

export class CitationView {
  @Text() policy: string;
  @Int({ optional: true, min: 1 }) clause?: number;
  @Flag({ optional: true, description: '条款是否已与原文核对' }) clauseVerified?: boolean;
  @Text({ optional: true }) topic?: string;
  @Choices(POLICY_PROFILES, { optional: true }) profiles?: string[];
}
export class LibraryItemView {
  @Text() itemCode: string;
  @Text() title: string;
  @Text({ max: 1000 }) question: string;
  @Text({ optional: true, max: 1000, description: '以是否作答的要点：文书所印的要求' }) requirement?: string;
  @Choice(CATEGORIES) category: string;
  @Choice(SUBJECTS) subject: string;
  @Choices(STAGES) stages: string[];
  @ApiProperty({ required: false, type: 'array', items: { type: 'integer' }, description: '只适用的年级' })
  grades?: number[];
  @JsonObject({ description: '判定方式：boolean、measure 或 indicator' }) judge: object;
  @Texts({ description: '查看方法' }) evidence: string[];
  @Flag() evidenceRequired: boolean;
  @Choice(['minor', 'major', 'serious']) severity: string;
  @JsonObject({ optional: true, description: '按影响范围 individual、grade、school 另定的等级' })
  severityByExtent?: object;
  @Flag() veto: boolean;
  @Text({ max: 2000, description: '依据' }) basis: string;
  @NestedList(() => CitationView, { description: '引用的政策与条款' }) citations: CitationView[];
  @Texts({ description: '收录该要点的清单' }) checklists: string[];
  @Text({ optional: true, max: 1000 }) note?: string;
  @ApiProperty({
    required: false,
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: '以往文件中的限值',
  })
  history?: object[];
  @JsonObject({ optional: true, description: '其他口径下不同的名称、问题、判定方式' }) profiles?: object;
  @Choice(['refer'], { optional: true, description: '宜移交主管部门' }) disposition?: string;
  @Choice(['ledger'], { optional: true, description: '由台账算出，督学不填' }) computed?: string;
}
export class LibraryItemPage {
  @NestedList(() => LibraryItemView) items: LibraryItemView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Int({ optional: true }) count?: number;
}

export class ItemReferenceView {
  @Text() itemCode: string;
  @Flag() required: boolean;
}
export class TemplateView {
  @Text() code: string;
  @Text() title: string;
  @Choice(INSPECTION_KINDS) kind: string;
  @Choice(SUBJECTS) subject: string;
  @Choices(STAGES) stages: string[];
  @Choice(POLICY_PROFILES) policyProfile: string;
  @Choice(['full', 'partial']) coverage: string;
  @Text() frequency: string;
  @Texts() methods: string[];
  @Text({ nullable: true, max: 2000 }) note: string | null;
  @NestedList(() => ItemReferenceView) items: ItemReferenceView[];
}
export class TemplatePage {
  @NestedList(() => TemplateView) items: TemplateView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Int({ optional: true }) count?: number;
}
