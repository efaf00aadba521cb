import type { Provider, Type } from '@nestjs/common';
import { HealthController } from './health/health.controller.js';

/** Every controller of the API, by noun. */
export const CONTROLLERS: Type[] = [HealthController];

/** What controllers need beyond the request's context. */
export const PROVIDERS: Provider[] = [];
