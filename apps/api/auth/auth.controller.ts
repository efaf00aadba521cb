import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { networkOf } from '#core/auth/address.js';
import { changePassword } from '#core/auth/change-password.js';
import { login } from '#core/auth/login.js';
import { logout } from '#core/auth/logout.js';
import { me } from '#core/auth/me.js';
import { refresh } from '#core/auth/refresh.js';
import type { Ctx } from '#core/foundation/context.js';
import type { Config } from '#platform/config.js';
import { Answer } from '../http/reply.js';
import { AnyPerson, Context, type DudaoRequest, NoTransaction, Public } from '../http/route.js';
import { CONFIG } from '../http/tokens.js';
import { LoggedInView, LoginDto, MeView, PasswordDto, RefreshDto } from './auth.dto.js';

/** Answers with tokens are kept by nobody on the way. */
const secret = (body: unknown) => new Answer(body, 200, { 'cache-control': 'no-store' });

@ApiTags('登录')
@Controller()
export class AuthController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Post('auth/login')
  @HttpCode(200)
  @Public()
  @NoTransaction()
  @ApiOkResponse({ type: LoggedInView })
  async login(@Context() ctx: Ctx, @Body() body: LoginDto, @Req() { ip }: DudaoRequest) {
    const network = networkOf(ip);
    const origin = network === null ? null : { network, most: this.config.loginFailuresPerAddress };
    return secret(await login(ctx, body, origin));
  }

  @Post('auth/refresh')
  @HttpCode(200)
  @Public()
  @NoTransaction()
  @ApiOkResponse({ type: LoggedInView })
  async refresh(@Context() ctx: Ctx, @Body() body: RefreshDto) {
    return secret(await refresh(ctx, body.refreshToken));
  }

  @Post('auth/logout')
  @HttpCode(204)
  @AnyPerson()
  @ApiNoContentResponse()
  logout(@Context() ctx: Ctx) {
    return logout(ctx);
  }

  @Post('auth/password')
  @HttpCode(204)
  @AnyPerson()
  @NoTransaction()
  @ApiNoContentResponse()
  changePassword(@Context() ctx: Ctx, @Body() body: PasswordDto) {
    return changePassword(ctx, body);
  }

  @Get('me')
  @AnyPerson()
  @ApiOkResponse({ type: MeView })
  me(@Context() ctx: Ctx) {
    return me(ctx);
  }
}
