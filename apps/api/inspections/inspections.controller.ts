import { Body, Controller, Get, HttpCode, Inject, Post, Put, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Ctx } from '#core/foundation/context.js';
import { amendInspection } from '#core/inspections/amend.js';
import { archiveInspection, cancelInspection } from '#core/inspections/close.js';
import { putInspection } from '#core/inspections/put.js';
import { listInspections, readInspection } from '#core/inspections/read.js';
import { showInspection } from '#core/inspections/show.js';
import { submitInspection } from '#core/inspections/submit.js';
import { syncAnswers } from '#core/inspections/sync.js';
import { workPackage } from '#core/inspections/work-package.js';
import type { FileStore } from '#platform/files.js';
import { pdfAnswer } from '../documents/answers.js';
import { IdParam } from '../http/id-param.js';
import { once } from '../http/once.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, type DudaoRequest, Keyed, NoTransaction } from '../http/route.js';
import { FILES } from '../http/tokens.js';
import {
  AmendmentDto,
  CancellationDto,
  HeadDto,
  InspectionQueryDto,
  SubmissionDto,
  SyncDto,
} from './inspections.dto.js';
import {
  AmendedInspectionView,
  InspectionDetailView,
  InspectionPage,
  InspectionView,
  SubmittedView,
  SyncView,
  WorkPackageView,
} from './inspections.views.js';
import { recordPdf } from './record-document.js';

@ApiTags('督导检查')
@Controller()
export class InspectionsController {
  constructor(@Inject(FILES) private readonly files: FileStore) {}

  @Allow('inspection.read')
  @Get('inspections')
  @ApiOkResponse({ type: InspectionPage })
  list(@Context() ctx: Ctx, @Query() query: InspectionQueryDto) {
    return listInspections(ctx, query);
  }

  @Allow('inspection.fill')
  @Put('inspections/:id')
  @ApiOkResponse({ type: InspectionView })
  @ApiCreatedResponse({ type: InspectionView })
  async put(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: HeadDto) {
    const { created, found } = await putInspection(ctx, id, body);
    return new Answer(await showInspection(ctx, found), created ? 201 : 200);
  }

  @Allow('inspection.read')
  @Get('inspections/:id')
  @ApiOkResponse({ type: InspectionDetailView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return readInspection(ctx, id);
  }

  @Allow('inspection.read')
  @Get('inspections/:id/record.pdf')
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async record(@Context() ctx: Ctx, @IdParam() id: string) {
    return pdfAnswer(await recordPdf(ctx, this.files, id), `督导记录表-${id}.pdf`);
  }

  @Allow('inspection.fill')
  @Post('inspections/:id/answers')
  @HttpCode(200)
  @ApiOkResponse({ type: SyncView })
  answers(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: SyncDto) {
    return syncAnswers(ctx, id, body);
  }

  @Allow('inspection.fill')
  @Post('inspections/:id/submit')
  @HttpCode(200)
  @NoTransaction()
  @Keyed()
  @ApiOkResponse({ type: SubmittedView })
  submit(
    @Context() ctx: Ctx,
    @IdParam() id: string,
    @Body() body: SubmissionDto,
    @Req() request: DudaoRequest,
  ) {
    return once(ctx, request, 200, {}, (inner) => submitInspection(inner, id, body));
  }

  @Allow('inspection.fill')
  @Post('inspections/:id/amendments')
  @HttpCode(200)
  @ApiOkResponse({ type: AmendedInspectionView })
  amend(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: AmendmentDto) {
    return amendInspection(ctx, id, body);
  }

  @Allow('inspection.fill')
  @Post('inspections/:id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: InspectionView })
  async cancel(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: CancellationDto) {
    return showInspection(ctx, await cancelInspection(ctx, id, body.reason));
  }

  @Allow('inspection.archive')
  @Post('inspections/:id/archive')
  @HttpCode(200)
  @ApiOkResponse({ type: InspectionView })
  async archive(@Context() ctx: Ctx, @IdParam() id: string) {
    return showInspection(ctx, await archiveInspection(ctx, id));
  }

  /** The instant stands in a header: in the body it would make every answer another one, and no 304. */
  @Allow('inspection.fill')
  @Get('me/work-package')
  @ApiOkResponse({ type: WorkPackageView })
  async workPackage(@Context() ctx: Ctx) {
    return new Answer(await workPackage(ctx), 200, { 'x-server-time': ctx.now.toISOString() });
  }
}
