import { MODES, SEVERITY_ORDER } from '#rules/issue-lifecycle.js';
import {
  Choice,
  Count,
  DayField,
  Flag,
  Hashes,
  Id,
  Instant,
  Nested,
  NestedList,
  PageQueryDto,
  QueryFlag,
  Text,
} from '../http/fields.js';
import { IssueUnitView, MilestoneView, NamedPersonView } from '../issues/issues.dto.js';

export class NoticeQueryDto extends PageQueryDto {
  @Id({ optional: true }) unitId?: string;
  @Id({ optional: true }) inspectionId?: string;
  @QueryFlag({ optional: true, description: '是否已签收' }) received?: boolean;
}

export class ReceiptDto {
  @Text({ max: 100, description: '签收人' }) receivedBy: string;
  @Flag({ optional: true, description: '拒收' }) refused?: boolean;
  @Text({ optional: true, max: 2000, description: '备注；拒收的须写明情况' }) note?: string;
  @Hashes({ optional: true }) attachments?: string[];
}

export class NoticeLineView {
  @Id() issueId: string;
  @Text() number: string;
  @Text() category: string;
  @Text({ max: 4000 }) finding: string;
  @Text({ nullable: true, max: 4000 }) basis: string | null;
  @Text({ nullable: true, max: 1000 }) standardValue: string | null;
  @Text({ nullable: true, max: 1000 }) measuredValue: string | null;
  @Text({ max: 4000 }) requirements: string;
  @DayField() dueOn: string;
  @Choice(SEVERITY_ORDER) severity: string;
  @Choice(Object.keys(MODES)) mode: string;
  @NestedList(() => MilestoneView, { optional: true, description: '长期坚持的阶段' })
  milestones?: MilestoneView[];
}
export class NoticeReceiptView {
  @Text() receivedBy: string;
  @Instant() receivedAt: string;
  @Flag() refused: boolean;
  @Text({ nullable: true, max: 2000 }) note: string | null;
  @Hashes() attachments: string[];
  @Nested(() => NamedPersonView) recordedBy: NamedPersonView;
  @Flag({ description: '督导机构代为登记' }) onBehalf: boolean;
}
export class NoticeView {
  @Id() id: string;
  @Text() number: string;
  @Nested(() => IssueUnitView) unit: IssueUnitView;
  @Id({ nullable: true }) inspectionId: string | null;
  @DayField() issuedOn: string;
  @Nested(() => NamedPersonView) signedBy: NamedPersonView;
  @Instant({ description: '送达' }) servedAt: Date;
  @Nested(() => NoticeReceiptView, { nullable: true }) receipt: NoticeReceiptView | null;
  @Nested(() => NoticeReceiptView, { nullable: true, description: '签收以前的拒收记录' })
  refusal: NoticeReceiptView | null;
  @NestedList(() => NoticeLineView) lines: NoticeLineView[];
}
export class NoticePage {
  @NestedList(() => NoticeView) items: NoticeView[];
  @Text({ nullable: true, max: 500 }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
