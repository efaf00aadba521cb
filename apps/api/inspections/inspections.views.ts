import { ApiProperty } from '@nestjs/swagger';
import { VERDICTS } from '#rules/answers.js';
import { EXTENTS, INSPECTION_KINDS, SUBJECTS } from '#rules/library.js';
import { STAGES } from '#rules/stages.js';
import {
  Choice,
  Choices,
  DayField,
  Flag,
  Hashes,
  Id,
  Ids,
  Instant,
  Int,
  Nested,
  NestedList,
  Text,
} from '../http/fields.js';
import { IssueView } from '../issues/issues.dto.js';
import { DispositionDto, MeasureDto, OperationDto, SignatureDto } from './inspections.dto.js';

/** Objects whose shape another page of the reference has. */
const JsonObjects = (description: string) =>
  ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, description });

const STATUSES = ['assigned', 'in_progress', 'submitted', 'archived', 'cancelled'];
const OUTCOMES = ['applied', 'duplicate', 'superseded', 'conflict', 'rejected'];
const JUDGED = ['compliant', 'non_compliant'];

export class InspectedUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @Choice(SUBJECTS) kind: string;
  @Id({ nullable: true }) zoneId: string | null;
}
class InspectedUnitStagesView extends InspectedUnitView {
  @Choices(STAGES) stages: string[];
}
class ChecklistHeadView {
  @Id() id: string;
  @Text() code: string;
  @Int() version: number;
  @Text() title: string;
  @Choice(['full', 'partial']) coverage: string;
}
class MemberView {
  @Id() id: string;
  @Text({ empty: true }) name: string;
}
class AnsweringProgressView {
  @Int({ description: '涉及该单位的要点数' }) items: number;
  @Int() answered: number;
  @Int() conflicts: number;
}

/** What every view of an inspection has. */
class InspectionCommonView {
  @Id() id: string;
  @Choice(STATUSES) status: string;
  @Choice(INSPECTION_KINDS) kind: string;
  @Id() unitId: string;
  @Id() checklistId: string;
  @Nested(() => ChecklistHeadView) checklist: ChecklistHeadView;
  @Id({ nullable: true }) planId: string | null;
  @DayField() scheduledOn: string;
  @DayField({ nullable: true, description: '检查日期，提交时确定' }) visitedOn: string | null;
  @Id() leadId: string;
  @Ids() team: string[];
  @NestedList(() => MemberView) members: MemberView[];
  @Int({ description: '评判的要点数，不含监测指标' }) judged: number;
  @Int({ description: '符合的要点数' }) met: number;
  @Flag({ description: '补录：检查所在月份已过才提交' }) lateEntry: boolean;
  @Instant({ nullable: true }) submittedAt: string | null;
  @Instant() updatedAt: string;
}

export class InspectionRowView extends InspectionCommonView {
  @Nested(() => InspectedUnitView) unit: InspectedUnitView;
  @Int() answered: number;
}
export class InspectionPage {
  @NestedList(() => InspectionRowView) items: InspectionRowView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Int({ optional: true }) count?: number;
}

export class InspectionView extends InspectionCommonView {
  @Nested(() => InspectedUnitStagesView) unit: InspectedUnitStagesView;
  @Nested(() => AnsweringProgressView) progress: AnsweringProgressView;
  @Text({ nullable: true, max: 10_000 }) summary: string | null;
  @Text({ nullable: true, max: 10_000 }) strengths: string | null;
  @NestedList(() => SignatureDto) signatures: SignatureDto[];
  @NestedList(() => DispositionDto, { max: 1000 }) dispositions: DispositionDto[];
  @Instant() createdAt: string;
  @Id({ nullable: true }) submittedBy: string | null;
  @Text({ nullable: true, max: 1000 }) cancelledBecause: string | null;
  @Int({ min: 1 }) revision: number;
}

export class GivenAnswerView {
  @Id() operationId: string;
  @Choice(VERDICTS) verdict: string;
  @Choice(JUDGED, { nullable: true, description: '由实测值得出的结论' }) suggestedVerdict: string | null;
  @NestedList(() => MeasureDto) measures: MeasureDto[];
  @Text({ nullable: true, max: 1000 }) reason: string | null;
  @Choice(EXTENTS, { nullable: true }) extent: string | null;
  @Text({ nullable: true, max: 4000 }) note: string | null;
  @Hashes() attachments: string[];
  @Instant({ description: '填报终端的时钟' }) answeredAt: string;
  @Instant({ description: '校正时差后的时刻，不晚于收到的时刻' }) effectiveAt: string;
  @Id() answeredBy: string;
}
class AmendedView {
  @Id() id: string;
  @Text({ max: 1000 }) reason: string;
}
export class StoredAnswerView extends GivenAnswerView {
  @Text() itemCode: string;
  @Int({ min: 1, description: '下次填报该要点时作为 baseRevision' }) revision: number;
  @NestedList(() => GivenAnswerView, { optional: true, description: '他人的不同填报，由组长确认' })
  conflict?: GivenAnswerView[];
  @Nested(() => AmendedView, { optional: true, description: '提交后的更正' }) amended?: AmendedView;
}
class ConflictView {
  @Text() itemCode: string;
  @NestedList(() => GivenAnswerView) answers: GivenAnswerView[];
}
class FieldErrorView {
  @Text({ max: 1000, empty: true }) pointer: string;
  @Text() code: string;
  @Text({ max: 1000 }) message: string;
}
class OperationProblemView {
  @Text() code: string;
  @Text() title: string;
  @Int() status: number;
  @Text({ max: 1000 }) detail: string;
  @NestedList(() => FieldErrorView, { optional: true }) errors?: FieldErrorView[];
}
class OperationResultView {
  @Id() operationId: string;
  @Choice(OUTCOMES) outcome: string;
  @Nested(() => OperationProblemView, { optional: true }) problem?: OperationProblemView;
}
export class SyncView {
  @NestedList(() => StoredAnswerView, { max: 1000 }) answers: StoredAnswerView[];
  @NestedList(() => ConflictView, { max: 1000 }) conflicts: ConflictView[];
  @NestedList(() => OperationResultView, { max: 500 }) results: OperationResultView[];
}

class LateOperationView {
  @Nested(() => OperationDto) operation: OperationDto;
  @Id() userId: string;
  @Text() userName: string;
  @Instant() receivedAt: string;
  @Text() problem: string;
}
class AnswerToldView {
  @Choice(VERDICTS) verdict: string;
  @NestedList(() => MeasureDto) measures: MeasureDto[];
}
class AmendedAnswerView {
  @Text() itemCode: string;
  @Nested(() => AnswerToldView, { nullable: true, description: '更正前；原来未填则为空' })
  before: AnswerToldView | null;
  @Nested(() => AnswerToldView, { description: '更正后' }) after: AnswerToldView;
}
class AmendmentView {
  @Id() id: string;
  @Instant() at: string;
  @Id() by: string;
  @Text() byName: string;
  @Text({ max: 1000 }) reason: string;
  @NestedList(() => AmendedAnswerView, { max: 500 }) changes: AmendedAnswerView[];
}
export class InspectionDetailView extends InspectionView {
  @NestedList(() => StoredAnswerView, { max: 1000 }) answers: StoredAnswerView[];
  @NestedList(() => ConflictView, { max: 1000 }) conflicts: ConflictView[];
  @NestedList(() => LateOperationView, {
    max: 100_000,
    description: '提交后才收到、未计入的填报，只给检查组看',
  })
  lateOperations: LateOperationView[];
  @NestedList(() => AmendmentView, { max: 10_000 }) amendments: AmendmentView[];
}

export class SubmittedView {
  @Nested(() => InspectionView) inspection: InspectionView;
  @NestedList(() => IssueView, { max: 1000, description: '登记的问题' }) issues: IssueView[];
}
export class AmendedInspectionView extends SubmittedView {
  @NestedList(() => OperationResultView, { max: 500 }) results: OperationResultView[];
}

class WorkInspectionView extends InspectionView {
  @NestedList(() => StoredAnswerView, { max: 1000 }) answers: StoredAnswerView[];
  @NestedList(() => ConflictView, { max: 1000 }) conflicts: ConflictView[];
}
class WorkChecklistView extends ChecklistHeadView {
  @JsonObjects('要点，限值已按本区确定') items: object[];
}
class WorkPackageIssueView {
  @Id() id: string;
  @Text() number: string;
  @Id() unitId: string;
  @Text({ nullable: true }) itemCode: string | null;
  @Text() category: string;
  @Text({ max: 10_000 }) finding: string;
  @Text({ nullable: true, max: 10_000 }) requirements: string | null;
  @Choice(['minor', 'major', 'serious']) severity: string;
  @Text() status: string;
  @DayField({ nullable: true }) dueOn: string | null;
  @Flag() overdue: boolean;
  @DayField() registeredOn: string;
}
export class WorkPackageView {
  @DayField() today: string;
  @NestedList(() => WorkInspectionView, { max: 100_000 }) inspections: WorkInspectionView[];
  @NestedList(() => WorkChecklistView, { max: 100_000 }) checklists: WorkChecklistView[];
  @NestedList(() => InspectedUnitStagesView, { max: 100_000 }) units: InspectedUnitStagesView[];
  @NestedList(() => WorkPackageIssueView, { max: 100_000 }) issues: WorkPackageIssueView[];
}
