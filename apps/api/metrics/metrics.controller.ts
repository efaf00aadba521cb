import { BlockList, isIPv4 } from 'node:net';
import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { problem } from '#rules/problems.js';
import { Public } from '../http/route.js';
import { Metrics } from './metrics.js';

/** Loopback and private networks (RFC 1918, RFC 4193): where a Prometheus stands. */
const INSIDE = new BlockList();
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  INSIDE.addSubnet(address, bits, 'ipv4');
}
INSIDE.addAddress('::1', 'ipv6');
INSIDE.addSubnet('fc00::', 7, 'ipv6');

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /**
   * Prometheus's page. It needs no login but is there for the own network alone: what a proxy passes on from outside
   * (an X-Forwarded-For that is not believed, or names an outside address) is answered as if there were nothing.
   */
  @Public()
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  @Get()
  async text(@Req() request: FastifyRequest) {
    if (!fromInside(request)) throw problem('request.not_found');
    return Buffer.from(await this.metrics.text());
  }
}

function fromInside(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-for'] !== undefined;
  // `ips` is there only where TRUST_PROXY names the proxy, and `ip` is then the real client.
  if (forwarded && !request.ips) return false;
  const ip = request.ip.replace(/^::ffff:/, '');
  return INSIDE.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6');
}
