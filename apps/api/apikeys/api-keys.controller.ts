import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/apikeys/api-keys.js';
import type { Ctx } from '#core/foundation/context.js';
import { inTransaction } from '#core/foundation/transaction.js';
import type { Config } from '#platform/config.js';
import { PageQueryDto } from '../http/fields.js';
import { IdParam } from '../http/id-param.js';
import { once } from '../http/once.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, type DudaoRequest, Keyed, NoTransaction } from '../http/route.js';
import { CONFIG } from '../http/tokens.js';
import { ApiKeyPage, CreatedApiKeyView, NewApiKeyDto } from './api-keys.dto.js';

@ApiTags('接口密钥')
@Controller('api-keys')
export class ApiKeysController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Allow('apikey.manage')
  @Get()
  @ApiOkResponse({ type: ApiKeyPage })
  list(@Context() ctx: Ctx, @Query() query: PageQueryDto) {
    return listApiKeys(ctx, query);
  }

  /** The answer that a repeat gets again is kept sealed with a key outside the database: it holds the secret. */
  @Allow('apikey.manage')
  @NoTransaction()
  @Keyed()
  @Post()
  @ApiCreatedResponse({ type: CreatedApiKeyView })
  create(@Context() ctx: Ctx, @Body() body: NewApiKeyDto, @Req() request: DudaoRequest) {
    return once(ctx, request, 201, { sealWith: this.config.auditKey }, async (inner) => {
      const created = await inTransaction(inner, (own) => createApiKey(own, body));
      return new Answer(created, 201, { 'cache-control': 'no-store' });
    });
  }

  @Allow('apikey.manage')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@Context() ctx: Ctx, @IdParam() id: string) {
    return revokeApiKey(ctx, id);
  }
}
