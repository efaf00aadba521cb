import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Ctx } from '#core/foundation/context.js';
import { transitionMany } from '#core/issues/bulk.js';
import { listIssues } from '#core/issues/list.js';
import { readIssue, readIssueEvents } from '#core/issues/read.js';
import { registerByHand } from '#core/issues/register-by-hand.js';
import { searchPatiently } from '#core/issues/search-limit.js';
import { transition } from '#core/issues/transition.js';
import { orderForPrint } from '#core/orders/read.js';
import type { FileStore } from '#platform/files.js';
import { pdfAnswer } from '../documents/answers.js';
import { renderOffThread } from '../documents/render-off-thread.js';
import { PageQueryDto } from '../http/fields.js';
import { IdParam } from '../http/id-param.js';
import { PDF } from '../http/media-types.js';
import { Allow, Context } from '../http/route.js';
import { FILES } from '../http/tokens.js';
import { closurePdf } from './closure-document.js';
import {
  BulkResultsView,
  IssueEventPage,
  IssuePage,
  IssueQueryDto,
  IssueView,
  OrderQueryDto,
  RegisterIssueDto,
} from './issues.dto.js';
import { asObject, ISSUE_IDS, splitBulk, TransitionBody } from './transition-body.js';

@ApiTags('问题台账')
@Controller('issues')
export class IssuesController {
  constructor(@Inject(FILES) private readonly files: FileStore) {}

  @Allow('issue.read', 'issues:read')
  @Get()
  @ApiOkResponse({ type: IssuePage })
  list(@Context() ctx: Ctx, @Query() { limit, cursor, count, sort, ...filter }: IssueQueryDto) {
    return searchPatiently(ctx, filter, (inner) => listIssues(inner, { limit, cursor, count, sort, filter }));
  }

  // Who may register is a row of the life-cycle's rules and refused in its words: issue.not_permitted.
  @Allow('issue.read')
  @Post()
  @ApiCreatedResponse({ type: IssueView })
  register(@Context() ctx: Ctx, @Body() body: RegisterIssueDto) {
    return registerByHand(ctx, body);
  }

  @Allow('issue.read')
  @Post('transitions')
  @HttpCode(200)
  @TransitionBody(ISSUE_IDS)
  @ApiOkResponse({ type: BulkResultsView })
  transitionMany(@Context() ctx: Ctx, @Body() body: object) {
    const { issueIds, given } = splitBulk(body);
    return transitionMany(ctx, issueIds, given);
  }

  @Allow('issue.read', 'issues:read')
  @Get(':id')
  @ApiOkResponse({ type: IssueView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return readIssue(ctx, id);
  }

  @Allow('issue.read')
  @Get(':id/events')
  @ApiOkResponse({ type: IssueEventPage })
  events(@Context() ctx: Ctx, @IdParam() id: string, @Query() query: PageQueryDto) {
    return readIssueEvents(ctx, id, query);
  }

  @Allow('issue.read')
  @Get(':id/closure.pdf')
  @Header('content-type', PDF)
  @ApiProduces(PDF)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  closure(@Context() ctx: Ctx, @IdParam() id: string) {
    return closurePdf(ctx, this.files, id);
  }

  /** The latest order of the issue, or the one that `number` names. */
  @Allow('issue.read')
  @Get(':id/supervision-order.pdf')
  @ApiProduces(PDF)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async order(@Context() ctx: Ctx, @IdParam() id: string, @Query() { number }: OrderQueryDto) {
    const order = await orderForPrint(ctx, id, number);
    return pdfAnswer(await renderOffThread('order', order), `${order.number}督办单.pdf`);
  }

  @Allow('issue.read')
  @Post(':id/transitions')
  @HttpCode(200)
  @TransitionBody()
  @ApiOkResponse({ type: IssueView })
  transition(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: object) {
    return transition(ctx, id, asObject(body));
  }
}
