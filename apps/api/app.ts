import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerStatusAtOnce } from './compliance/at-once.js';
import { CONTROLLERS, PROVIDERS } from './controllers.js';
import { answerClientError } from './http/client-error.js';
import { HttpModule, type Resources } from './http/http.module.js';
import { CSV, PDF, XLS, XLSX } from './http/media-types.js';
import { sendProblem, toProblem } from './http/problem.filter.js';
import { endQuietConnections } from './http/quiet-connections.js';
import { Reference } from './openapi/reference.js';

export const BASE = 'api/v1';
/** Largest JSON body, in bytes; uploads have limits of their own. */
const BODY_LIMIT = 4 * 1024 * 1024;
/** ms in which a request must have arrived whole: the largest photo over a connection of 20 kB/s. More is 408. */
const REQUEST_TIMEOUT = 10 * 60_000;

@Module({})
class AppModule {
  static with(resources: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [HttpModule.with(resources)],
      controllers: CONTROLLERS,
      providers: PROVIDERS,
    };
  }
}

/** The HTTP application on given resources, not yet listening. `npm start`, tests and benchmarks build the same one. */
export async function createApp(resources: Resources): Promise<NestFastifyApplication> {
  const { log, config } = resources;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    trustProxy: config.trustProxy.length ? config.trustProxy : false,
    // Node keeps random bytes in store for it: at 20,000 requests a second a v7 id is a twelfth of the work.
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    // Who asks while a process is being replaced is served; the answer says that the connection ends (quiet-connections.ts).
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    // What fails before Nest's filter (bad JSON, a URL that cannot be decoded) is a problem too.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(request, reply, toProblem(error), error, log),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(resources), adapter, {
    logger: false,
    bodyParser: true,
  });
  app.setGlobalPrefix(BASE, { exclude: ['healthz', 'readyz', 'metrics', 'api/docs', 'api/docs/*path'] });
  await app.register(multipart, { limits: { files: 1, fileSize: 20 * 1024 * 1024, fields: 20 } });

  const fastify = adapter.getInstance();
  endQuietConnections(fastify);
  // Until there is a web application, who opens the bare address finds the reference; so does who ends its address with a slash.
  for (const path of ['/', '/api/docs/']) fastify.get(path, (_request, reply) => reply.redirect('/api/docs'));
  const reference = app.get(Reference);
  reference.describes(app, CONTROLLERS);
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) reference.served.push({ method: one, path: url });
  });
  for (const type of [
    'image/jpeg',
    'image/png',
    'image/webp',
    PDF,
    'application/octet-stream',
    XLSX,
    XLS,
    CSV,
  ]) {
    // Uploads are streamed by their route, never buffered by the parser.
    fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        url: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
  answerStatusAtOnce(app);
  await app.init();
  return app;
}
