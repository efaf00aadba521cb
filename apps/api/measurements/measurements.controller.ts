import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { Ctx } from '#core/foundation/context.js';
import { listMeasurements } from '#core/measurements/list.js';
import { Allow, Context } from '../http/route.js';
import { MeasurementPage, MeasurementsQuery } from './measurements.dto.js';

@Controller('measurements')
export class MeasurementsController {
  @Get()
  @Allow('measurement.read')
  @ApiOkResponse({ type: MeasurementPage })
  list(@Context() ctx: Ctx, @Query() query: MeasurementsQuery) {
    return listMeasurements(ctx, query);
  }
}
