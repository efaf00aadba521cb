import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { Ctx } from '#core/foundation/context.js';
import { verifyHistory } from '#core/history/verify.js';
import type { Config } from '#platform/config.js';
import type { FileStore } from '#platform/files.js';
import { Allow, Context } from '../http/route.js';
import { CONFIG, FILES } from '../http/tokens.js';
import { VerificationView } from './audit-verify.dto.js';

@Controller('audit-log')
export class AuditVerifyController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(FILES) private readonly files: FileStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Compares the district's whole history with its seals. */
  @Allow('audit.read')
  @ApiOkResponse({ type: VerificationView })
  @Get('verify')
  verify(@Context() ctx: Ctx) {
    const { dataSource, files } = this;
    const deps = { dataSource, files, auditKey: this.config.auditKey };
    return verifyHistory(deps, ctx.actor.districtId);
  }
}
