import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import type { FileStore } from '#platform/files.js';
import type { Log } from '#platform/log.js';
import { AuthGuard } from './auth.guard.js';
import { AuthCache } from './auth-cache.js';
import { CLOCK, type Clock } from './clock.js';
import { ContextInterceptor } from './context.interceptor.js';
import { Notifications } from './notifications.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimiter } from './rate-limiter.js';
import { CONFIG, FILES, LOG } from './tokens.js';
import { BodyPipe } from './validation.js';

/** Everything a process holds open; made before Nest starts and closed after it stopped. */
export type Resources = { config: Config; dataSource: DataSource; files: FileStore; log: Log; clock: Clock };

/** The way of every request: guard (who) → interceptor (one transaction) → pipe (shape) → controller → problems. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are classes
export class HttpModule {
  static with(resources: Resources): DynamicModule {
    const own = [
      { provide: CONFIG, useValue: resources.config },
      { provide: DataSource, useValue: resources.dataSource },
      { provide: FILES, useValue: resources.files },
      { provide: LOG, useValue: resources.log },
      { provide: CLOCK, useValue: resources.clock },
      Notifications,
      AuthCache,
      RateLimiter,
    ];
    return {
      module: HttpModule,
      providers: [
        ...own,
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_INTERCEPTOR, useClass: ContextInterceptor },
        { provide: APP_PIPE, useClass: BodyPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: own,
    };
  }
}
