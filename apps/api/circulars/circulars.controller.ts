import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { CircularFormat } from '#core/circulars/circular.entity.js';
import { draftCircular } from '#core/circulars/draft.js';
import { editCircular } from '#core/circulars/edit.js';
import { issueCircular } from '#core/circulars/issue.js';
import { openCircularFile } from '#core/circulars/open-file.js';
import { listCirculars, readCircular } from '#core/circulars/read.js';
import { listReceipts, receiveCircular } from '#core/circulars/receive.js';
import { retryCircular } from '#core/circulars/retry.js';
import type { Ctx } from '#core/foundation/context.js';
import { renderCircularFiles } from '#documents/circular-files.js';
import type { Config } from '#platform/config.js';
import type { FileStore } from '#platform/files.js';
import { PageQueryDto } from '../http/fields.js';
import { IdParam } from '../http/id-param.js';
import { DOCX, PDF, XLSX } from '../http/media-types.js';
import { Answer } from '../http/reply.js';
import { Allow, Context } from '../http/route.js';
import { CONFIG, FILES } from '../http/tokens.js';
import {
  CircularChangeDto,
  CircularIssueDto,
  CircularPage,
  CircularReceiptDto,
  CircularRequestDto,
  CircularsQuery,
  CircularView,
  ReceiptsPage,
} from './circulars.dto.js';

const MEDIA = { pdf: PDF, xlsx: XLSX, docx: DOCX };
const LOCATION = { Location: { description: '通报的地址', schema: { type: 'string' } } };
const BINARY = { schema: { type: 'string', format: 'binary' } };

@Controller('circulars')
export class CircularsController {
  constructor(
    @Inject(FILES) private readonly files: FileStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('circular.draft')
  @ApiAcceptedResponse({ type: CircularView, headers: LOCATION })
  async draft(@Context() ctx: Ctx, @Body() request: CircularRequestDto) {
    const view = await readCircular(ctx, await draftCircular(ctx, request));
    return new Answer(view, 202, { location: `/api/v1/circulars/${view.id}` });
  }

  @Get()
  @Allow('circular.read_issued', 'circulars:read')
  @ApiOkResponse({ type: CircularPage })
  list(@Context() ctx: Ctx, @Query() query: CircularsQuery) {
    return listCirculars(ctx, query);
  }

  @Get(':id')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiOkResponse({ type: CircularView })
  find(@Context() ctx: Ctx, @IdParam() id: string) {
    return readCircular(ctx, id);
  }

  @Patch(':id')
  @Allow('circular.draft')
  @ApiOkResponse({ type: CircularView })
  edit(@Context() ctx: Ctx, @IdParam() id: string, @Body() change: CircularChangeDto) {
    return editCircular(ctx, id, change);
  }

  /** Open to who sees drafts: the verb tells a drafter from somebody without the right to sign. */
  @Post(':id/issue')
  @HttpCode(200)
  @Allow('circular.read_drafts')
  @ApiOkResponse({ type: CircularView })
  issue(@Context() ctx: Ctx, @IdParam() id: string, @Body() request: CircularIssueDto) {
    return issueCircular(ctx, id, request, {
      files: this.files,
      render: renderCircularFiles,
      publicUrl: this.config.publicUrl,
    });
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Allow('circular.draft')
  @ApiAcceptedResponse({ type: CircularView })
  retry(@Context() ctx: Ctx, @IdParam() id: string) {
    return retryCircular(ctx, id);
  }

  @Post(':id/receipt')
  @HttpCode(200)
  @Allow('circular.record_receipt')
  @ApiOkResponse({ type: CircularView })
  receive(@Context() ctx: Ctx, @IdParam() id: string, @Body() receipt: CircularReceiptDto) {
    return receiveCircular(ctx, id, receipt);
  }

  @Get(':id/receipts')
  @Allow('circular.read_issued')
  @ApiOkResponse({ type: ReceiptsPage })
  receipts(@Context() ctx: Ctx, @IdParam() id: string, @Query() query: PageQueryDto) {
    return listReceipts(ctx, id, query);
  }

  @Get(':id/pdf')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiProduces(MEDIA.pdf)
  @ApiOkResponse(BINARY)
  pdf(@Context() ctx: Ctx, @IdParam() id: string) {
    return this.file(ctx, id, 'pdf');
  }

  @Get(':id/xlsx')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiProduces(MEDIA.xlsx)
  @ApiOkResponse(BINARY)
  xlsx(@Context() ctx: Ctx, @IdParam() id: string) {
    return this.file(ctx, id, 'xlsx');
  }

  @Get(':id/docx')
  @Allow('circular.read_issued', 'circulars:read')
  @ApiProduces(MEDIA.docx)
  @ApiOkResponse(BINARY)
  docx(@Context() ctx: Ctx, @IdParam() id: string) {
    return this.file(ctx, id, 'docx');
  }

  private async file(ctx: Ctx, id: string, format: CircularFormat): Promise<Answer> {
    const { stream, size, sha256, name } = await openCircularFile(ctx, this.files, id, format);
    const disposition = `${format === 'pdf' ? 'inline' : 'attachment'}; filename="circular.${format}"; filename*=UTF-8''${encodeURIComponent(name)}`;
    const file = new StreamableFile(stream, { type: MEDIA[format], length: size, disposition });
    return new Answer(file, 200, { etag: `"${sha256}"`, 'cache-control': 'private, no-cache' });
  }
}
