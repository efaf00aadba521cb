import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import { type Ctx, makeCtx, systemActor } from '#core/foundation/context.js';
import { committed } from '#core/foundation/transaction.js';
import { problem } from '#rules/problems.js';
import { CLOCK, type Clock } from './clock.js';
import { idempotent } from './idempotency.js';
import { Notifications } from './notifications.js';
import { asReply, type Reply, send } from './reply.js';
import { type DudaoRequest, NO_TRANSACTION } from './route.js';
import { refuseUnread } from './unread-body.js';
import { isTooDeep } from './validation.js';

const NO_DISTRICT = '00000000-0000-0000-0000-000000000000';

/**
 * One writing request is one transaction, and the answer is written after its commit; a read has none.
 * A deadlock or serialisation failure rolled everything back, so the request is simply run again.
 */
@Injectable()
export class ContextInterceptor implements NestInterceptor {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reflector: Reflector,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly notifications: Notifications,
  ) {}

  intercept(host: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = host.switchToHttp().getRequest<DudaoRequest>();
    const response = host.switchToHttp().getResponse<FastifyReply>();
    if (isTooDeep(request.body)) throw problem('request.malformed', '请求内容嵌套过深');
    refuseUnread(host.getClass(), host.getHandler(), request);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const own = this.reflector.get<boolean>(NO_TRANSACTION, host.getHandler());
    const status = response.statusCode;

    const handle = async (em: EntityManager, afterCommit?: Ctx['afterCommit']): Promise<Reply> => {
      request.ctx = makeCtx(em, request.auth?.actor ?? systemActor(NO_DISTRICT), this.clock(), {
        requestId: request.id,
        tellHere: (channel, payload) => this.notifications.tellHere(channel, payload),
        ...(request.headers['if-match'] ? { ifMatch: request.headers['if-match'] } : {}),
        ...(afterCommit ? { afterCommit } : {}),
      });
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      return asReply(body, status);
    };

    const run = async (): Promise<unknown> => {
      if (reading || own) return send(request, response, await handle(this.dataSource.manager));
      const reply = await committed(this.dataSource.manager, (em, afterCommit) =>
        idempotent(em, request, this.clock(), () => handle(em, afterCommit)),
      );
      return send(request, response, reply);
    };
    return from(run());
  }
}
