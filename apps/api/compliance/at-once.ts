import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { type Day, endOfDay, localDay, startOfDay } from '#rules/local-date.js';
import { bearerOf, requireAccess } from '../http/auth.guard.js';
import { AuthCache } from '../http/auth-cache.js';
import { CLOCK, type Clock } from '../http/clock.js';
import { RateLimiter } from '../http/rate-limiter.js';
import { asReply, type Prebuilt, send } from '../http/reply.js';
import { ACCESS, type Access } from '../http/route.js';
import { ComplianceCache } from './compliance.cache.js';
import { ComplianceController } from './compliance.controller.js';

const ROUTE = '/api/v1/compliance/schools/:idOrCode';
type Ask = FastifyRequest<{ Params: { idOrCode: string } }>;

/**
 * The status of one school is what other systems poll: where the token is remembered, it is answered before Nest is
 * entered, which is most of what such an answer costs. Guard, limiter and cache are the same ones. Whatever is not plainly
 * a yes (a token not yet remembered, no right, no such school, a quota to be asked for, a failure) goes the usual way.
 */
export function answerStatusAtOnce(app: NestFastifyApplication): void {
  const [tokens, limiter, cache, clock] = [
    app.get(AuthCache),
    app.get(RateLimiter),
    app.get(ComplianceCache),
    app.get<Clock>(CLOCK),
  ];
  const access: Access = Reflect.getMetadata(ACCESS, ComplianceController.prototype.school);

  let day = { starts: 0, ends: 0, text: '' };
  /** The local day, made into text once a day. */
  function dayOf(now: Date): Day {
    const at = now.getTime();
    if (at < day.starts || at >= day.ends) {
      const text = localDay(now);
      day = { text, starts: startOfDay(text).getTime(), ends: endOfDay(text).getTime() };
    }
    return day.text;
  }

  function whoMay(request: Ask) {
    const token = bearerOf(request.headers.authorization);
    const auth = token && tokens.remembered(token);
    if (!auth) return undefined;
    try {
      requireAccess(auth, access);
      return auth;
    } catch {
      // The guard says it again, in full.
      return undefined;
    }
  }

  function atOnce(request: Ask, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    // What is asked beside the address (`?`) is for the usual way to refuse.
    const auth = request.method === 'GET' && !request.url.includes('?') ? whoMay(request) : undefined;
    if (!auth) {
      done();
      return;
    }
    const { actor, ratePerMinute } = auth;
    const answer = (found: Prebuilt | undefined) => {
      if (!found || (ratePerMinute && !limiter.spend(actor))) done();
      else void reply.send(send(request, reply, asReply(found, 200)));
    };
    const { idOrCode } = request.params;
    const today = dayOf(clock());
    const known = cache.peek(actor, idOrCode, today);
    if (known) answer(known);
    else cache.load(actor, idOrCode, today).then(answer, () => done());
  }

  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.method === 'GET' && route.url === ROUTE) route.onRequest = atOnce as typeof route.onRequest;
    });
}
