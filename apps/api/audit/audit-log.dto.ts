import { Count, Flag, Id, Instant, Int, JsonObject, NestedList, PageQueryDto, Text } from '../http/fields.js';

const WHEN = {
  optional: true,
  max: 40,
  pattern: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/,
  patternMessage: '应为日期，或带时区的 ISO 8601 时刻',
} as const;

export class AuditQueryDto extends PageQueryDto {
  @Text({ optional: true, max: 50, description: '如 issue、user、session' }) subjectType?: string;
  @Id({ optional: true }) subjectId?: string;
  @Id({ optional: true }) actorId?: string;
  @Id({ optional: true }) unitId?: string;
  @Text({ optional: true, max: 100 }) action?: string;
  @Text({ ...WHEN, description: '从这一天或时刻起' }) from?: string;
  @Text({ ...WHEN, description: '到这一天（含）或时刻（不含）止' }) to?: string;
}
export class AuditEntryView {
  @Int() id: number;
  @Instant() at: Date;
  @Id({ nullable: true }) actorId: string | null;
  @Text() actorName: string;
  @Text() subjectType: string;
  @Id() subjectId: string;
  @Id({ nullable: true }) unitId: string | null;
  @Text() action: string;
  @Text({ nullable: true, max: 4000 }) reason: string | null;
  @JsonObject({ description: '改了什么' }) data: Record<string, unknown>;
  @Text({ nullable: true }) requestId: string | null;
  @Flag({ description: '已封存' }) sealed: boolean;
}
export class AuditPage {
  @NestedList(() => AuditEntryView) items: AuditEntryView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
