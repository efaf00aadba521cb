import { CIRCULAR_FORMATS } from '#core/circulars/circular.entity.js';
import {
  Choice,
  DayField,
  Flag,
  Instant,
  Int,
  MonthField,
  Nested,
  NestedList,
  Sha256,
  Text,
} from '../http/fields.js';

export class VerifiedFileView {
  @Choice(CIRCULAR_FORMATS) format: string;
  @Int({ description: '字节' }) size: number;
  @Sha256() sha256: string;
}
export class VerifiedCorrectedView {
  @Text() documentNumber: string;
  @Text() title: string;
  @DayField() issuedOn: string;
}
export class VerifiedCorrectingView {
  @Text() documentNumber: string;
  @DayField() issuedOn: string;
}
/** What anybody may know of an issued circular. */
export class CircularVerificationView {
  @Text() title: string;
  @Text() documentNumber: string;
  @Text({ description: '发文机关' }) issuer: string;
  @DayField() issuedOn: string;
  @MonthField() period: string;
  @DayField() periodStart: string;
  @DayField() periodEnd: string;
  @Instant({ description: '数据截止时刻' }) cutoff: string;
  @Text({ description: '数据截止时刻，当地时间' }) cutoffLocal: string;
  @Sha256({ description: '快照的 SHA-256' }) snapshotHash: string;
  @Text({ max: 16, description: '核验码：快照摘要的前 16 位' }) shortHash: string;
  @Choice(['snapshot', ...CIRCULAR_FORMATS], { description: '与所给校验值相符的是快照还是哪个文件' })
  matched: string;
  @NestedList(() => VerifiedFileView) files: VerifiedFileView[];
  @Nested(() => VerifiedCorrectedView, { nullable: true, description: '本通报所更正的通报' })
  corrects: VerifiedCorrectedView | null;
  @NestedList(() => VerifiedCorrectingView, { description: '更正本通报的通报' })
  correctedBy: VerifiedCorrectingView[];
  @Flag({ description: '演示数据' }) demo: boolean;
}
