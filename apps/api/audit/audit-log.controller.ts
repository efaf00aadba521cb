import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { listAuditLog } from '#core/audit/audit-log.js';
import type { Ctx } from '#core/foundation/context.js';
import { Allow, Context } from '../http/route.js';
import { AuditPage, AuditQueryDto } from './audit-log.dto.js';

@ApiTags('审计')
@Controller('audit-log')
export class AuditLogController {
  @Allow('audit.read')
  @Get()
  @ApiOkResponse({ type: AuditPage })
  list(@Context() ctx: Ctx, @Query() query: AuditQueryDto) {
    return listAuditLog(ctx, query);
  }
}
