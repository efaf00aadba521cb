import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pendingMigrations } from '#platform/migrations.js';
import { Answer } from '../http/reply.js';
import { Public } from '../http/route.js';

@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  /** Alive: the process answers. */
  @Public()
  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** Ready: the database is reachable and migrated. */
  @Public()
  @Get('readyz')
  async ready() {
    const database = await pendingMigrations(this.dataSource).then(
      (pending) => (pending.length ? 'migrating' : 'ok'),
      () => 'unreachable',
    );
    const ready = database === 'ok';
    return new Answer(
      { status: ready ? 'ready' : 'unready', database },
      ready ? 200 : 503,
      ready ? {} : { 'retry-after': '2' },
    );
  }
}
