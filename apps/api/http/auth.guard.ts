import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Authenticated } from '#core/auth/authenticate.js';
import { PREFIX } from '#core/auth/tokens.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import { AuthCache } from './auth-cache.js';
import { RateLimiter } from './rate-limiter.js';
import { ACCESS, type Access, type DudaoRequest } from './route.js';

/** Who: bearer token → actor, and whether any of the actor's roles may use this route at all. *Where* is the verbs' question. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cache: AuthCache,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      host.getHandler(),
      host.getClass(),
    ]);
    if (!access)
      throw new Error(`route without an access rule: ${host.getClass().name}.${host.getHandler().name}`);
    if (access.kind === 'public') return true;

    const request = host.switchToHttp().getRequest<DudaoRequest>();
    const token = bearerOf(request.headers.authorization);
    if (!token) throw problem('auth.required', '请求须带有效的登录凭据');
    const auth = await this.cache.authenticate(token);
    if (!auth) {
      const ofKey = token.startsWith(PREFIX.apiKey);
      const why = ofKey ? '接口密钥有误或已撤销，请向系统管理员核对' : '登录已过期或已退出，请重新登录';
      throw problem('auth.expired', why);
    }
    if (auth.ratePerMinute) await this.limiter.take(auth.actor, auth.ratePerMinute);
    request.auth = auth;

    requireAccess(auth, access);
    return true;
  }
}

/** The bearer token of a request, if it has the form of one. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer ([A-Za-z0-9_-]{8,200})$/.exec(authorization ?? '')?.[1];

/** Refuses who is known but may not use a route. @throws access.denied, access.scope_missing, auth.password_change_required (403) */
export function requireAccess({ actor, mustChangePassword }: Authenticated, access: Access): void {
  if (actor.kind === 'client') {
    const scope = access.kind === 'permission' ? access.scope : undefined;
    if (!scope) throw problem('access.denied', '接口密钥不能用于此地址');
    if (!actor.apiScopes?.includes(scope)) throw problem('access.scope_missing', `需要权限 ${scope}`);
    return;
  }
  if (access.kind !== 'permission') return;
  if (mustChangePassword) throw problem('auth.password_change_required', '首次登录须先修改密码');
  if (!permits(actor.roles, access.permission)) throw problem('access.denied', '您的岗位没有这项权限');
}
