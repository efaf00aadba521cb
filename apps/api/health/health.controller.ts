import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import { pendingMigrations } from '#platform/migrations.js';
import { Answer } from '../http/reply.js';
import { Public } from '../http/route.js';
import { CONFIG } from '../http/tokens.js';
import { AliveView, ReadyView } from './health.dto.js';
import { queueState } from './queue-state.js';

@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Alive: the process answers. */
  @Public()
  @ApiOkResponse({ type: AliveView })
  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** Ready: the database is reachable and migrated. The queue is reported and does not make it unready. */
  @Public()
  @ApiOkResponse({ type: ReadyView })
  @ApiServiceUnavailableResponse({ type: ReadyView })
  @Get('readyz')
  async ready() {
    const database = await pendingMigrations(this.dataSource).then(
      (pending) => (pending.length ? 'migrating' : 'ok'),
      () => 'unreachable',
    );
    const ready = database === 'ok';
    const status = ready ? await queueState(this.dataSource) : 'unknown';
    return new Answer(
      {
        status: ready ? 'ready' : 'unready',
        database,
        queue: { mode: this.config.redisUrl ? 'bull' : 'inline', status },
      },
      ready ? 200 : 503,
      ready ? {} : { 'retry-after': '2' },
    );
  }
}
