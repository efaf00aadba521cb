import { OmitType } from '@nestjs/swagger';
import { EXPORT_FORMATS, EXPORT_STATUSES, type ExportFormat } from '#core/exports/export.entity.js';
import { Choice, Id, Instant, Int, Nested, Sha256, Text } from '../http/fields.js';
import { IssueFilterDto } from '../issues/issues.dto.js';

/** The filters of `GET /issues`, without its paging. */
export class ExportFilterDto extends OmitType(IssueFilterDto, ['limit', 'cursor', 'count'] as const) {}

export class ExportRequestDto {
  @Choice(['issues']) kind: 'issues';
  @Choice(EXPORT_FORMATS) format: ExportFormat;
  @Nested(() => ExportFilterDto, { optional: true, description: '与问题台账的查询条件相同' })
  filter?: ExportFilterDto;
}

export class ExportView {
  @Id() id: string;
  @Choice(['issues']) kind: string;
  @Choice(EXPORT_FORMATS) format: string;
  @Choice(EXPORT_STATUSES) status: string;
  @Int({ max: 100, description: '进度，百分数' }) progress: number;
  @Int({ nullable: true, description: '已写出的行数' }) rows: number | null;
  @Int({ nullable: true, max: Number.MAX_SAFE_INTEGER, description: '字节数' }) size: number | null;
  @Sha256({ nullable: true }) sha256: string | null;
  @Text({ nullable: true, description: '生成后的下载地址' }) url: string | null;
  @Text({ nullable: true, max: 1000, description: '失败的原因' }) error: string | null;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) finishedAt: string | null;
  @Instant({ nullable: true, description: '文件保留到何时' }) expiresAt: string | null;
}
