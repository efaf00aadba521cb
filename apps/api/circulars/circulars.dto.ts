import { CIRCULAR_FORMATS, CIRCULAR_STATUSES, type CircularStatus } from '#core/circulars/circular.entity.js';
import { CIRCULAR_ANNEXES, type CircularAnnex } from '#rules/circular.js';
import {
  Choice,
  Choices,
  Count,
  DayField,
  Flag,
  Id,
  Instant,
  Int,
  MonthField,
  Nested,
  NestedList,
  PageQueryDto,
  Sha256,
  Text,
  Texts,
} from '../http/fields.js';

/** The longest part of a text, in characters: some ten pages. */
const PART = 20_000;
/** Recipients of each kind. */
const RECIPIENTS = 60;

export class CircularRequestDto {
  @Choice(['monthly'], { description: '月度通报' }) kind: 'monthly';
  @MonthField({ optional: true, description: '月份；更正通报可不填，与原通报相同' }) period?: string;
  @Instant({ optional: true, description: '截止时刻；不填为月末与现在中较早的' }) cutoff?: string;
  @Id({ optional: true, description: '所更正的已印发通报' }) corrects?: string;
}
export class NarrativeDto {
  @Text({
    optional: true,
    max: PART,
    empty: true,
    description: '导语，排在“一、督查概况”之前；更正通报在此写明更正哪份通报和原因',
  })
  lead?: string;
  @Text({ optional: true, max: PART, description: '督查概况' }) overview?: string;
  @Text({ optional: true, max: PART, description: '好的做法' }) practice?: string;
  @Text({ optional: true, max: PART, description: '主要问题' }) problems?: string;
  @Text({ optional: true, max: PART, description: '下一步要求' }) requirements?: string;
}
export class CircularChangeDto {
  @Nested(() => NarrativeDto, {
    optional: true,
    description:
      '正文；其中 {{…}} 为数字标记，可以移动、删除，数值始终取自快照；标记名即指标代码（各单位的除外），比率可加 .numerator、.denominator',
  })
  narrative?: NarrativeDto;
  @Choices(CIRCULAR_ANNEXES, { optional: true, max: 3, description: '所附附件；按固定顺序编号' })
  annexes?: CircularAnnex[];
  @Texts({ optional: true, max: RECIPIENTS, each: 60, unique: true, description: '主送机关' })
  recipients?: string[];
  @Texts({ optional: true, max: RECIPIENTS, each: 60, unique: true, description: '抄送机关' })
  copyRecipients?: string[];
}
export class CircularIssueDto {
  @Text({ optional: true, max: 60, description: '发文登记中的字号；不填则取督导室字号序列的下一号' })
  documentNumber?: string;
  @DayField({ optional: true, description: '成文日期；不填为今天' }) issuedOn?: string;
}
export class CircularReceiptDto {
  @Id({ optional: true, description: '督导室代为登记的单位（该单位没有负责人账号）' }) unitId?: string;
  @Text({ optional: true, max: 1000 }) note?: string;
}
export class CircularsQuery extends PageQueryDto {
  @Choice(CIRCULAR_STATUSES, { optional: true }) status?: CircularStatus;
  @MonthField({ optional: true }) period?: string;
}

export class CircularPersonView {
  @Id() id: string;
  @Text() name: string;
}
export class CircularFileView {
  @Choice(CIRCULAR_FORMATS) format: string;
  @Int({ description: '字节' }) size: number;
  @Sha256() sha256: string;
  @Text() url: string;
}
export class OwnReceiptView {
  @Instant() receivedAt: string;
  @Text() receivedBy: string;
}
export class CircularHeadView {
  @Id() id: string;
  @Choice(['monthly']) kind: string;
  @MonthField() period: string;
  @Text() title: string;
  @Choice(CIRCULAR_STATUSES) status: string;
  @Int({ max: 100, description: '生成进度，百分比' }) progress: number;
  @Instant({ description: '数据截止时刻' }) cutoff: string;
  @Sha256({ nullable: true, description: '快照的 SHA-256' }) snapshotHash: string | null;
  @Text({ nullable: true }) documentNumber: string | null;
  @DayField({ nullable: true }) issuedOn: string | null;
  @Instant({ nullable: true }) issuedAt: string | null;
  @Id({ nullable: true, description: '所更正的通报' }) corrects: string | null;
  @Text({ nullable: true, max: 2000, description: '生成失败的原因' }) error: string | null;
  @Nested(() => CircularPersonView) draftedBy: CircularPersonView;
  @Nested(() => CircularPersonView, { nullable: true }) issuedBy: CircularPersonView | null;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @NestedList(() => CircularFileView, { description: '与现有文字一致的文件；重新生成期间为空' })
  files: CircularFileView[];
  @Nested(() => OwnReceiptView, { nullable: true, description: '本单位的签收' })
  receipt: OwnReceiptView | null;
}
export class NarrativeView {
  @Text({ optional: true, max: 2 * PART, empty: true, description: '导语；没有导语的不列' }) lead?: string;
  @Text({ max: 2 * PART, empty: true }) overview: string;
  @Text({ max: 2 * PART, empty: true }) practice: string;
  @Text({ max: 2 * PART, empty: true }) problems: string;
  @Text({ max: 2 * PART, empty: true }) requirements: string;
}
export class FigureChangeView {
  @Text() key: string;
  @Text({ max: 1000 }) title: string;
  @Text() unit: string;
  @Text({ description: '原值' }) before: string;
  @Text({ description: '现值' }) after: string;
}
export class CorrectionView {
  @Id({ description: '所更正的通报' }) id: string;
  @Text() documentNumber: string;
  @Text() title: string;
  @DayField() issuedOn: string;
  @NestedList(() => FigureChangeView, { max: 10_000, description: '两份通报不一致的指标' })
  changes: FigureChangeView[];
}
export class CorrectedByView {
  @Id() id: string;
  @Text() documentNumber: string;
  @DayField() issuedOn: string;
}
export class CircularView extends CircularHeadView {
  @Nested(() => NarrativeView, {
    nullable: true,
    description: '现有文字，数字为标记（{{overview.visits}}）；数据锁定前为空',
  })
  narrative: NarrativeView | null;
  @Nested(() => NarrativeView, { nullable: true, description: '同一文字，标记换成数字，即文件所印' })
  narrativeText: NarrativeView | null;
  @Choices(CIRCULAR_ANNEXES, { max: 3, description: '所附附件' }) annexes: string[];
  @Texts({ max: RECIPIENTS, description: '主送机关' }) recipients: string[];
  @Texts({ max: RECIPIENTS, description: '抄送机关' }) copyRecipients: string[];
  @Nested(() => CorrectionView, { nullable: true, description: '本通报所更正的通报' })
  correction: CorrectionView | null;
  @NestedList(() => CorrectedByView, { description: '更正本通报的通报' }) correctedBy: CorrectedByView[];
  @Choices(['edit', 'issue', 'retry', 'receive'], { description: '当前可办理的事项' })
  allowedActions: string[];
}
export class CircularPage {
  @NestedList(() => CircularHeadView) items: CircularHeadView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}

export class AddressedUnitView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @Text() kind: string;
  @Id({ nullable: true }) zoneId: string | null;
}
export class UnitReceiptView {
  @Nested(() => AddressedUnitView) unit: AddressedUnitView;
  @Flag() received: boolean;
  @Instant({ nullable: true }) receivedAt: string | null;
  @Text({ nullable: true }) receivedBy: string | null;
  @Flag({ description: '督导室代为登记' }) onBehalf: boolean;
  @Text({ nullable: true, max: 1000 }) note: string | null;
}
export class ReceiptsPage {
  @Text({ nullable: true }) documentNumber: string | null;
  @DayField({ nullable: true }) issuedOn: string | null;
  @Int({ description: '已签收的单位数' }) received: number;
  @Int({ description: '应签收的单位数' }) total: number;
  @NestedList(() => UnitReceiptView) items: UnitReceiptView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
