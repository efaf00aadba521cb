import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { listFigures } from '#core/circulars/lineage/figures.js';
import { listFigureRows } from '#core/circulars/lineage/rows.js';
import { rehearseCircular } from '#core/circulars/rehearsal/rehearse.js';
import type { Ctx } from '#core/foundation/context.js';
import { PageQueryDto } from '../http/fields.js';
import { IdParam } from '../http/id-param.js';
import { Allow, Context } from '../http/route.js';
import { FigureRowsPage, FiguresPage, FiguresQuery, RehearsalView } from './circular-desk.dto.js';

/** Where figures come from, and what a draft is looked over for. */
@Controller('circulars/:id')
export class CircularDeskController {
  @Get('figures')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiOkResponse({ type: FiguresPage })
  figures(@Context() ctx: Ctx, @IdParam() id: string, @Query() query: FiguresQuery) {
    return listFigures(ctx, id, query);
  }

  @Get('figures/:key')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiOkResponse({ type: FigureRowsPage })
  rows(@Context() ctx: Ctx, @IdParam() id: string, @Param('key') key: string, @Query() query: PageQueryDto) {
    return listFigureRows(ctx, id, key, query);
  }

  @Get('rehearsal')
  @Allow('circular.read_drafts')
  @ApiOkResponse({ type: RehearsalView })
  rehearsal(@Context() ctx: Ctx, @IdParam() id: string) {
    return rehearseCircular(ctx, id);
  }
}
