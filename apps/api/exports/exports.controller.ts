import { Body, Controller, Get, HttpCode, Inject, Post, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { findExport, openExport, showExport } from '#core/exports/find.js';
import { requestExport } from '#core/exports/request.js';
import type { Ctx } from '#core/foundation/context.js';
import type { FileStore } from '#platform/files.js';
import { IdParam } from '../http/id-param.js';
import { CSV, XLSX } from '../http/media-types.js';
import { Answer } from '../http/reply.js';
import { Allow, Context } from '../http/route.js';
import { FILES } from '../http/tokens.js';
import { ExportRequestDto, ExportView } from './exports.dto.js';

const MEDIA = {
  xlsx: XLSX,
  csv: `${CSV}; charset=utf-8`,
};
const LOCATION = { Location: { description: '导出任务的地址', schema: { type: 'string' } } };

@Controller('exports')
export class ExportsController {
  constructor(@Inject(FILES) private readonly files: FileStore) {}

  @Allow('export.create')
  @ApiAcceptedResponse({ type: ExportView, headers: LOCATION })
  @HttpCode(202)
  @Post()
  async create(@Context() ctx: Ctx, @Body() { kind, format, filter }: ExportRequestDto) {
    const view = await requestExport(ctx, { kind, format, filter: { ...filter } });
    return new Answer(view, 202, { location: `/api/v1/exports/${view.id}` });
  }

  @Allow('export.create')
  @ApiOkResponse({ type: ExportView })
  @Get(':id')
  async find(@Context() ctx: Ctx, @IdParam() id: string) {
    return showExport(await findExport(ctx, id));
  }

  @Allow('export.create')
  @ApiProduces(MEDIA.xlsx, 'text/csv')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @Get(':id/file')
  async file(@Context() ctx: Ctx, @IdParam() id: string) {
    const { stream, size, name, format } = await openExport(ctx, this.files, id);
    return new StreamableFile(stream, {
      type: MEDIA[format],
      length: size,
      // RFC 6266 and 5987: a plain name for old clients, the Chinese one for everybody else.
      disposition: `attachment; filename="issues.${format}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
  }
}
