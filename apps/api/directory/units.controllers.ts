import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { listUnits, showUnit } from '#core/directory/units.js';
import { changeUnit, createUnit } from '#core/directory/write-unit.js';
import { changeZone, createZone, listZones, showZone } from '#core/directory/zones.js';
import type { Ctx } from '#core/foundation/context.js';
import { SummaryQueryDto } from '../documents/summary.dto.js';
import { summaryPdf } from '../documents/summary.js';
import { IdParam } from '../http/id-param.js';
import { PDF } from '../http/media-types.js';
import { Allow, Context } from '../http/route.js';
import {
  ChangeDepartmentDto,
  ChangeInstitutionDto,
  ChangeZoneDto,
  NewDepartmentDto,
  NewInstitutionDto,
  NewZoneDto,
  UnitPage,
  UnitQueryDto,
  UnitView,
  ZonePage,
  ZoneQueryDto,
  ZoneView,
} from './units.dto.js';

@ApiTags('单位')
@Controller('institutions')
export class InstitutionsController {
  @Allow('unit.read')
  @Get()
  @ApiOkResponse({ type: UnitPage })
  list(@Context() ctx: Ctx, @Query() query: UnitQueryDto) {
    return listUnits(ctx, 'training_institution', query);
  }

  @Allow('unit.write')
  @Post()
  @ApiCreatedResponse({ type: UnitView })
  create(@Context() ctx: Ctx, @Body() body: NewInstitutionDto) {
    return createUnit(ctx, 'training_institution', body);
  }

  @Allow('unit.read')
  @Get(':id')
  @ApiOkResponse({ type: UnitView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showUnit(ctx, 'training_institution', id);
  }

  @Allow('issue.read')
  @Get(':id/summary.pdf')
  @ApiProduces(PDF)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  summary(@Context() ctx: Ctx, @IdParam() id: string, @Query() period: SummaryQueryDto) {
    return summaryPdf(ctx, 'training_institution', id, period);
  }

  @Allow('unit.write')
  @Patch(':id')
  @ApiOkResponse({ type: UnitView })
  change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangeInstitutionDto) {
    return changeUnit(ctx, 'training_institution', id, body);
  }
}

@ApiTags('单位')
@Controller('departments')
export class DepartmentsController {
  @Allow('unit.read')
  @Get()
  @ApiOkResponse({ type: UnitPage })
  list(@Context() ctx: Ctx, @Query() query: UnitQueryDto) {
    return listUnits(ctx, 'department', query);
  }

  @Allow('unit.write')
  @Post()
  @ApiCreatedResponse({ type: UnitView })
  create(@Context() ctx: Ctx, @Body() body: NewDepartmentDto) {
    return createUnit(ctx, 'department', body);
  }

  @Allow('unit.read')
  @Get(':id')
  @ApiOkResponse({ type: UnitView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showUnit(ctx, 'department', id);
  }

  @Allow('unit.write')
  @Patch(':id')
  @ApiOkResponse({ type: UnitView })
  change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangeDepartmentDto) {
    return changeUnit(ctx, 'department', id, body);
  }
}

@ApiTags('单位')
@Controller('zones')
export class ZonesController {
  @Allow('unit.read')
  @Get()
  @ApiOkResponse({ type: ZonePage })
  list(@Context() ctx: Ctx, @Query() query: ZoneQueryDto) {
    return listZones(ctx, query);
  }

  @Allow('zone.write')
  @Post()
  @ApiCreatedResponse({ type: ZoneView })
  create(@Context() ctx: Ctx, @Body() body: NewZoneDto) {
    return createZone(ctx, body);
  }

  @Allow('unit.read')
  @Get(':id')
  @ApiOkResponse({ type: ZoneView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showZone(ctx, id);
  }

  @Allow('zone.write')
  @Patch(':id')
  @ApiOkResponse({ type: ZoneView })
  change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangeZoneDto) {
    return changeZone(ctx, id, body);
  }
}
