import type { Provider, Type } from '@nestjs/common';
import { AuditVerifyController } from './audit-verify/audit-verify.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { ChecklistsController } from './checklists/checklists.controller.js';
import { ComplianceCache } from './compliance/compliance.cache.js';
import { ComplianceController } from './compliance/compliance.controller.js';
import { HealthController } from './health/health.controller.js';
import { LibraryController } from './library/library.controller.js';
import { MeasurementsController } from './measurements/measurements.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { PlansController } from './plans/plans.controller.js';

/** Every controller of the API, by noun. */
export const CONTROLLERS: Type[] = [
  MetricsController,
  AuditVerifyController,
  AuthController,
  HealthController,
  LibraryController,
  ChecklistsController,
  PlansController,
  ComplianceController,
  MeasurementsController,
];

/** What controllers need beyond the request's context. */
export const PROVIDERS: Provider[] = [Metrics, ComplianceCache];
