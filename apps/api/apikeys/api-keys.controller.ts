import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/apikeys/api-keys.js';
import type { Ctx } from '#core/foundation/context.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { PageQueryDto } from '../http/fields.js';
import { IdParam } from '../http/id-param.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, NoTransaction } from '../http/route.js';
import { ApiKeyPage, CreatedApiKeyView, NewApiKeyDto } from './api-keys.dto.js';

@ApiTags('接口密钥')
@Controller('api-keys')
export class ApiKeysController {
  @Allow('apikey.manage')
  @Get()
  @ApiOkResponse({ type: ApiKeyPage })
  list(@Context() ctx: Ctx, @Query() query: PageQueryDto) {
    return listApiKeys(ctx, query);
  }

  /** Not repeatable by an idempotency key: the kept answer would keep the secret. */
  @Allow('apikey.manage')
  @NoTransaction()
  @Post()
  @ApiCreatedResponse({ type: CreatedApiKeyView })
  async create(@Context() ctx: Ctx, @Body() body: NewApiKeyDto) {
    const created = await inTransaction(ctx, (inner) => createApiKey(inner, body));
    return new Answer(created, 201, { 'cache-control': 'no-store' });
  }

  @Allow('apikey.manage')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@Context() ctx: Ctx, @IdParam() id: string) {
    return revokeApiKey(ctx, id);
  }
}
