import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { openConnections } from '#platform/database.js';
import type { Log } from '#platform/log.js';
import { LOG } from '../http/tokens.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Backlog = {
  outbox: number;
  oldest: number | null;
  unsealed: number;
  circulars: Record<string, number> | null;
  exports: Record<string, number> | null;
};

/** What /metrics tells: this process's requests and pool, and the work that waits in the database. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'dudao_http_request_duration_seconds',
    help: 'Time to answer, by route, method and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly pool = this.gauge('dudao_database_connections', 'Connections of this process', ['state']);
  private readonly outbox = this.gauge('dudao_outbox_rows', 'Jobs whose effect is not committed yet');
  private readonly oldest = this.gauge('dudao_outbox_oldest_seconds', 'Age of the oldest of them');
  private readonly unsealed = this.gauge('dudao_history_unsealed_events', 'Events not sealed yet');
  private readonly jobs = this.gauge('dudao_documents', 'Circulars and exports by state', ['kind', 'status']);

  constructor(
    private readonly dataSource: DataSource,
    private readonly adapter: HttpAdapterHost,
    @Inject(LOG) private readonly log: Log,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Times every request by Fastify's own clock, whatever answers it. */
  onModuleInit(): void {
    const fastify: FastifyInstance = this.adapter.httpAdapter.getInstance();
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe(
        { method: request.method, route, status: String(reply.statusCode) },
        reply.elapsedTime / 1_000,
      );
      done();
    });
  }

  /** The text of /metrics. What the database cannot tell now is left out, the rest is told. */
  async text(): Promise<string> {
    for (const [state, count] of Object.entries(openConnections(this.dataSource)))
      this.pool.set({ state }, count);
    for (const gauge of [this.outbox, this.oldest, this.unsealed, this.jobs]) gauge.reset();
    try {
      this.tell(await this.backlog());
    } catch (err) {
      this.log.warn({ err }, 'metrics without the database');
      for (const gauge of [this.outbox, this.oldest, this.unsealed]) gauge.set(Number.NaN);
    }
    return this.registry.metrics();
  }

  private tell(backlog: Backlog): void {
    this.outbox.set(backlog.outbox);
    this.oldest.set(backlog.oldest ?? 0);
    this.unsealed.set(backlog.unsealed);
    for (const kind of ['circulars', 'exports'] as const) {
      for (const [status, count] of Object.entries(backlog[kind] ?? {}))
        this.jobs.set({ kind, status }, count);
    }
  }

  private async backlog(): Promise<Backlog> {
    const [row]: [Backlog] = await this.dataSource.query(
      `SELECT (SELECT count(*) FROM outbox) AS outbox,
         (SELECT extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox) AS oldest,
         (SELECT coalesce(sum(cardinality(event_ids)), 0) FROM unsealed_events) AS unsealed,
         (SELECT jsonb_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM circulars GROUP BY status)) AS circulars,
         (SELECT jsonb_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM exports GROUP BY status)) AS exports`,
    );
    return row;
  }

  private gauge<L extends string = never>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
