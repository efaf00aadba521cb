import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Authenticated } from '#core/auth/authenticate.js';
import type { Ctx } from '#core/foundation/context.js';
import type { ApiScope } from '#rules/actor.js';
import type { Permission } from '#rules/permissions.js';

/** What the guard and the interceptor hang on a request. */
export type DudaoRequest = FastifyRequest & { auth?: Authenticated; ctx?: Ctx };

/** Who may call a route: its permission stands on its face. A route without one of these does not start (laws.spec). */
export type Access =
  | { kind: 'public' }
  | { kind: 'person' }
  | { kind: 'permission'; permission: Permission; scope?: ApiScope };
export const ACCESS = 'dudao:access';

/** Anybody, without logging in. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);
/** Any logged-in person, even one who must change the password first. */
export const AnyPerson = () => SetMetadata(ACCESS, { kind: 'person' } satisfies Access);
/** A person one of whose roles has the permission, or an API client with the scope (where one is named). */
export const Allow = (permission: Permission, scope?: ApiScope) =>
  SetMetadata(ACCESS, { kind: 'permission', permission, scope } satisfies Access);

export const NO_TRANSACTION = 'dudao:no-transaction';
/** A writing route that manages its own transactions (uploads that stream first, logins that must record failures). */
export const NoTransaction = () => SetMetadata(NO_TRANSACTION, true);

export const KEYED = 'dudao:keyed';
/** A route with @NoTransaction that honours `Idempotency-Key` itself (once.ts). */
export const Keyed = () => SetMetadata(KEYED, true);

/** The context of the request: first argument of every verb and query. */
export const Context = createParamDecorator((_: unknown, host: ExecutionContext): Ctx => {
  const { ctx } = host.switchToHttp().getRequest<DudaoRequest>();
  if (!ctx) throw new Error('the context interceptor did not run');
  return ctx;
});
