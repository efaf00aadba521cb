import { AGGREGATES, SUBJECT_TYPES } from '#rules/circular.js';
import { REHEARSAL_CODES, REHEARSAL_SEVERITIES } from '#rules/circular-rehearsal.js';
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
  Num,
  PageQueryDto,
  Sha256,
  Text,
  Texts,
} from '../http/fields.js';
import { MeasureDto } from '../inspections/inspections.dto.js';

const LONG = 20_000;

export class FiguresQuery extends PageQueryDto {
  @Text({ optional: true, max: 300, description: '只列以此开头的指标，如 overview.、unit.' }) prefix?: string;
}
export class FigureView {
  @Text({ max: 500, description: '稳定的指标代码' }) key: string;
  @Text({ max: 1000 }) title: string;
  @Text() unit: string;
  @Text({ max: 1000, description: '口径' }) definition: string;
  @Num({ nullable: true, min: -1e15, max: 1e15, description: '数值；比率为空' }) value: number | null;
  @Num({ nullable: true, max: 1e15 }) numerator: number | null;
  @Num({ nullable: true, max: 1e15 }) denominator: number | null;
  @Text({ nullable: true, description: '所印百分比；suppressed：样本不足10，不列' }) percentage:
    | string
    | null;
  @Text({ description: '所印数字' }) printed: string;
  @Choice(AGGREGATES, { description: '由各行得出数值的方法' }) aggregate: string;
  @Int({ description: '背后的行数' }) rows: number;
  @Choice(SUBJECT_TYPES, { nullable: true, description: '行的类别；没有行则为空' }) rowType: string | null;
}
export class FiguresPage {
  @Instant({ description: '数据截止时刻' }) cutoff: string;
  @Sha256({ description: '快照的 SHA-256，含数字来源' }) snapshotHash: string;
  @Sha256({ description: '数字来源的 SHA-256' }) lineageHash: string;
  @NestedList(() => FigureView) items: FigureView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class LineageUnitView {
  @Id() id: string;
  @Text() name: string;
  @Text({ nullable: true }) code: string | null;
  @Choice(['school', 'institution', 'department']) kind: string;
}
/** A row behind a figure, as frozen. Which fields there are follows from its type. */
export class FigureRowView {
  @Int({ min: 1, description: '第几行' }) place: number;
  @Choice(SUBJECT_TYPES) type: string;
  @Num({
    nullable: true,
    min: -1e15,
    max: 1e15,
    description: '计入数值或分母的量；不予列示的测量值为空',
  })
  weight: number | null;
  @Num({
    nullable: true,
    min: -1e15,
    max: 1e15,
    description: '计入分子的量；不是比率则为空，不予列示的测量值也为空',
  })
  numerator: number | null;
  @Choice(['disputed', 'scope'], {
    nullable: true,
    description: '不予列示的原因：申辩中不点名，或不在管辖范围；此时只有计数',
  })
  withheld: string | null;
  @Id({
    nullable: true,
    description: '问题、检查、通知书、单位或人员的编号；办理记录为其问题，答案和测量值为其检查，签收为其单位',
  })
  id: string | null;
  @Nested(() => LineageUnitView, { nullable: true }) unit: LineageUnitView | null;
  @Flag({ description: '截止时刻申辩尚未办结' }) disputed: boolean;
  @Text({ optional: true }) number?: string;
  @Text({ optional: true, max: 1000 }) title?: string;
  @Text({ optional: true }) name?: string;
  @Text({ optional: true }) code?: string;
  @Text({ optional: true }) kind?: string;
  @Text({ optional: true }) zone?: string;
  @DayField({ optional: true, description: '到访、登记、办理、签发的日期' }) on?: string;
  @Instant({ optional: true }) submittedAt?: string;
  @Int({ optional: true }) sessions?: number;
  @Flag({ optional: true, description: '已签收' }) received?: boolean;
  @Flag({ optional: true, description: '补录' }) late?: boolean;
  @Text({ optional: true }) itemCode?: string;
  @Text({ optional: true }) category?: string;
  @Text({ optional: true }) verdict?: string;
  @Text({ optional: true, max: LONG }) note?: string;
  @NestedList(() => MeasureDto, { optional: true, max: 100 }) measures?: MeasureDto[];
  @Text({ optional: true, max: LONG }) finding?: string;
  @Text({ optional: true, max: LONG }) standardValue?: string;
  @Text({ optional: true, max: LONG }) measuredValue?: string;
  @Text({ optional: true }) severity?: string;
  @Text({ optional: true }) status?: string;
  @Text({ optional: true }) statusTitle?: string;
  @DayField({ optional: true }) originalDueOn?: string;
  @DayField({ optional: true }) dueOn?: string;
  @DayField({ optional: true }) closedOn?: string;
  @Flag({ optional: true }) overdue?: boolean;
  @Flag({ optional: true }) officeOverdue?: boolean;
  @Int({ optional: true, max: Number.MAX_SAFE_INTEGER, description: '办理记录的编号' }) eventId?: number;
  @Text({ optional: true }) action?: string;
  @Text({ optional: true }) stage?: string;
  @Int({ optional: true }) grade?: number;
  @Text({ optional: true }) label?: string;
  @Num({ optional: true, min: -1e15, max: 1e15, description: '测得的数值；时刻为分钟' }) value?: number;
}
export class FigureRowsPage extends FigureView {
  @Instant() cutoff: string;
  @Sha256() snapshotHash: string;
  @Sha256() lineageHash: string;
  @NestedList(() => FigureRowView) items: FigureRowView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class RehearsedFigureView {
  @Text({ max: 500 }) key: string;
  @Text({ max: 1000 }) title: string;
  @Text() unit: string;
  @Text({ description: '通报所印' }) frozen: string;
  @Text({ description: '现在重新锁定' }) now: string;
}
export class RehearsalFindingView {
  @Choice(REHEARSAL_CODES) code: string;
  @Choice(REHEARSAL_SEVERITIES, { description: '必须处理、应当斟酌、供了解' }) severity: string;
  @Text({ max: 2 * LONG }) text: string;
  @Texts({ max: 100_000, each: 1000, description: '逐项' }) items: string[];
  @Choice(['lead', 'overview', 'practice', 'problems', 'requirements'], { nullable: true }) part:
    | string
    | null;
  @Int({ nullable: true, min: 1, description: '第几段' }) paragraph: number | null;
}
export class RehearsalView {
  @Instant({ description: '重新计算的时刻' }) asOf: string;
  @Instant() cutoff: string;
  @Sha256() snapshotHash: string;
  @Flag({ description: '有必须先处理的问题，不能签发' }) blocked: boolean;
  @NestedList(() => RehearsedFigureView, {
    max: 10_000,
    description: '如按原截止时刻重新锁定数据，不同的指标',
  })
  changes: RehearsedFigureView[];
  @NestedList(() => RehearsalFindingView, { max: 10_000 }) findings: RehearsalFindingView[];
}
