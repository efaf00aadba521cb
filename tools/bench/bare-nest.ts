/** Baseline of P4: Nest on Fastify with nothing else: a ready text, a 304, and one row by pg. */
import 'reflect-metadata';
import { Body, Controller, Get, Headers, Module, Param, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
let known = { body: '{}', etag: '""' };

@Controller()
class BareController {
  @Get('ready')
  ready() {
    return {};
  }

  @Post('set')
  set(@Body() body: { body: string; etag: string }) {
    known = body;
    return {};
  }

  @Get('cached')
  cached(@Headers('if-none-match') tag: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    reply.header('etag', known.etag).header('content-type', 'application/json; charset=utf-8');
    if (tag === known.etag) {
      reply.status(304);
      return undefined;
    }
    return known.body;
  }

  @Get('row/:code')
  async row(@Param('code') code: string) {
    const { rows } = await pool.query({
      name: 'row',
      text: `SELECT u.id, u.code, u.name, f.facts FROM units u JOIN unit_facts f ON f.district_id = u.district_id AND f.unit_id = u.id WHERE u.code = $1`,
      values: [code],
    });
    return rows[0];
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
