import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Ctx } from '#core/foundation/context.js';
import { noticeForPrint } from '#core/notices/document.js';
import { listNotices, readNotice } from '#core/notices/read.js';
import { receiveNotice } from '#core/notices/receive.js';
import { docxAnswer } from '../documents/answers.js';
import { renderOffThread } from '../documents/render-off-thread.js';
import { IdParam } from '../http/id-param.js';
import { DOCX, PDF } from '../http/media-types.js';
import { Allow, Context } from '../http/route.js';
import { NoticePage, NoticeQueryDto, NoticeView, ReceiptDto } from './notices.dto.js';

@ApiTags('整改通知书')
@Controller('notices')
export class NoticesController {
  @Allow('notice.read')
  @Get()
  @ApiOkResponse({ type: NoticePage })
  list(@Context() ctx: Ctx, @Query() query: NoticeQueryDto) {
    return listNotices(ctx, query);
  }

  @Allow('notice.read')
  @Get(':id')
  @ApiOkResponse({ type: NoticeView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return readNotice(ctx, id);
  }

  @Allow('notice.read')
  @Get(':id/pdf')
  @Header('content-type', PDF)
  @ApiProduces(PDF)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async pdf(@Context() ctx: Ctx, @IdParam() id: string) {
    return renderOffThread('notice', await noticeForPrint(ctx, id));
  }

  @Allow('notice.read')
  @Get(':id/docx')
  @ApiProduces(DOCX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async docx(@Context() ctx: Ctx, @IdParam() id: string) {
    const notice = await noticeForPrint(ctx, id);
    return docxAnswer(await renderOffThread('noticeDocx', notice), `${notice.number}整改通知书.docx`);
  }

  // Where the unit has no leader in the system the office records the receipt, so the verb asks who may.
  @Allow('notice.read')
  @Post(':id/receipt')
  @HttpCode(200)
  @ApiOkResponse({ type: NoticeView })
  receive(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ReceiptDto) {
    return receiveNotice(ctx, id, body);
  }
}
