import { Controller, Get, Headers, Param } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { verifyCircular } from '#core/circulars/verify.js';
import type { Ctx } from '#core/foundation/context.js';
import { Problem } from '#rules/problems.js';
import { Answer } from '../http/reply.js';
import { Context, Public } from '../http/route.js';
import { prefersHtml } from './accept.js';
import { CircularVerificationView } from './verify.dto.js';
import { PAGE_POLICY, unverifiedPage, verifiedPage } from './verify-page.js';

@Controller('public/verify')
export class VerifyController {
  /** JSON for programs, a page for people: that is what the QR code of an issued circular opens. */
  @Get(':hash')
  @Public()
  @ApiExtraModels(CircularVerificationView)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(CircularVerificationView) } },
      'text/html': { schema: { type: 'string' } },
    },
  })
  async verify(@Context() ctx: Ctx, @Param('hash') hash: string, @Headers('accept') accept?: string) {
    if (!prefersHtml(accept)) return new Answer(await verifyCircular(ctx.em, hash), 200, { vary: 'Accept' });
    const found = await verifyCircular(ctx.em, hash).catch((error: unknown): null => {
      if (error instanceof Problem && error.code === 'circular.not_verified') return null;
      throw error;
    });
    return found ? page(200, verifiedPage(found)) : page(404, unverifiedPage());
  }
}

const page = (status: number, html: string): Answer =>
  new Answer(Buffer.from(html), status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    vary: 'Accept',
  });
