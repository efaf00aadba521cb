import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { districtCompliance } from '#core/compliance/district.js';
import { changesSince } from '#core/compliance/feed.js';
import { complianceItems } from '#core/compliance/items.js';
import { listCompliance } from '#core/compliance/read.js';
import type { Ctx } from '#core/foundation/context.js';
import { Allow, Context } from '../http/route.js';
import { ComplianceCache } from './compliance.cache.js';
import {
  ChangesQuery,
  ChangesView,
  ComplianceItemsView,
  CompliancePage,
  ComplianceUnitsQuery,
  ComplianceView,
  DistrictComplianceView,
} from './compliance.dto.js';

@Controller('compliance')
export class ComplianceController {
  constructor(private readonly cache: ComplianceCache) {}

  @Get('units')
  @Allow('compliance.read', 'compliance:read')
  @ApiOkResponse({ type: CompliancePage })
  units(@Context() ctx: Ctx, @Query() query: ComplianceUnitsQuery) {
    return listCompliance(ctx, query);
  }

  @Get('schools/:idOrCode')
  @Allow('compliance.read', 'compliance:read')
  @ApiOkResponse({ type: ComplianceView })
  school(@Context() ctx: Ctx, @Param('idOrCode') idOrCode: string) {
    return this.cache.find(ctx, idOrCode);
  }

  @Get('schools/:idOrCode/items')
  @Allow('compliance.read', 'compliance:read')
  @ApiOkResponse({ type: ComplianceItemsView })
  items(@Context() ctx: Ctx, @Param('idOrCode') idOrCode: string) {
    return complianceItems(ctx, idOrCode);
  }

  @Get('districts/:code')
  @Allow('compliance.read', 'compliance:read')
  @ApiOkResponse({ type: DistrictComplianceView })
  district(@Context() ctx: Ctx, @Param('code') code: string) {
    return districtCompliance(ctx, code);
  }

  @Get('changes')
  @Allow('compliance.read', 'compliance:read')
  @ApiOkResponse({ type: ChangesView })
  changes(@Context() ctx: Ctx, @Query() { since, limit }: ChangesQuery) {
    return changesSince(ctx, since, limit);
  }
}
