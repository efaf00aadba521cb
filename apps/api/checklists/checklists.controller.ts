import { Body, Controller, Get, HttpCode, Patch, Post, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { changeDraft, reviseChecklist } from '#core/checklists/draft.js';
import { importChecklist, readChecklist } from '#core/checklists/import.js';
import { createChecklist } from '#core/checklists/new.js';
import { publishChecklist } from '#core/checklists/publish.js';
import { checklistForPrint } from '#core/checklists/sheet.js';
import { listChecklists, showChecklist, viewChecklist } from '#core/checklists/show.js';
import type { Ctx } from '#core/foundation/context.js';
import { renderChecklistXlsx } from '#documents/checklist-xlsx.js';
import { IdParam } from '../http/id-param.js';
import { XLSX } from '../http/media-types.js';
import { once } from '../http/once.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, type DudaoRequest, Keyed, NoTransaction } from '../http/route.js';
import { contentOf, readUpload, TABLE_TYPES } from '../http/upload.js';
import {
  ChangeChecklistDto,
  ChecklistPage,
  ChecklistQueryDto,
  ChecklistView,
  NewChecklistDto,
} from './checklists.dto.js';

const MOST_BYTES = 4 * 1024 * 1024;

@ApiTags('督导清单')
@Controller('checklists')
export class ChecklistsController {
  @Allow('checklist.read')
  @Get()
  @ApiOkResponse({ type: ChecklistPage })
  list(@Context() ctx: Ctx, @Query() query: ChecklistQueryDto) {
    return listChecklists(ctx, query);
  }

  @Allow('checklist.write')
  @Post()
  @ApiCreatedResponse({ type: ChecklistView })
  async create(@Context() ctx: Ctx, @Body() body: NewChecklistDto) {
    return viewChecklist(ctx, await createChecklist(ctx, body));
  }

  /** A workbook as the export gives it, edited: a draft, all or nothing. */
  @Allow('checklist.write')
  @NoTransaction()
  @Keyed()
  @Post('import')
  @ApiConsumes('multipart/form-data', XLSX)
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @ApiCreatedResponse({ type: ChecklistView })
  async import(@Context() ctx: Ctx, @Req() request: DudaoRequest) {
    const upload = await readUpload(request, { maxBytes: MOST_BYTES, types: TABLE_TYPES });
    const given = await readChecklist(upload.buffer);
    return once(ctx, request, 201, { content: contentOf(upload) }, async (inner) =>
      viewChecklist(inner, await importChecklist(inner, given)),
    );
  }

  @Allow('checklist.read')
  @Get(':id')
  @ApiOkResponse({ type: ChecklistView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showChecklist(ctx, id);
  }

  @Allow('checklist.write')
  @Patch(':id')
  @ApiOkResponse({ type: ChecklistView })
  async change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangeChecklistDto) {
    return viewChecklist(ctx, await changeDraft(ctx, id, body));
  }

  @Allow('checklist.write')
  @Post(':id/publish')
  @HttpCode(200)
  @ApiOkResponse({ type: ChecklistView })
  async publish(@Context() ctx: Ctx, @IdParam() id: string) {
    return viewChecklist(ctx, await publishChecklist(ctx, id));
  }

  /** A new draft, version n + 1. */
  @Allow('checklist.write')
  @Post(':id/revise')
  @ApiCreatedResponse({ type: ChecklistView })
  async revise(@Context() ctx: Ctx, @IdParam() id: string) {
    return viewChecklist(ctx, await reviseChecklist(ctx, id));
  }

  @Allow('checklist.read')
  @Get(':id/export.xlsx')
  @ApiProduces(XLSX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async export(@Context() ctx: Ctx, @IdParam() id: string) {
    const { list, meta } = await checklistForPrint(ctx, id);
    const name = encodeURIComponent(`${list.code}-第${list.version}版.xlsx`);
    return new Answer(await renderChecklistXlsx(list, meta), 200, {
      'content-type': XLSX,
      'content-disposition': `attachment; filename="checklist.xlsx"; filename*=UTF-8''${name}`,
      'cache-control': 'private, no-cache',
    });
  }
}
