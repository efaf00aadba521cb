import type { Provider, Type } from '@nestjs/common';
import { ApiKeysController } from './apikeys/api-keys.controller.js';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { AuditLogController } from './audit/audit-log.controller.js';
import { AuditVerifyController } from './audit-verify/audit-verify.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { ChecklistsController } from './checklists/checklists.controller.js';
import { CircularDeskController } from './circulars/circular-desk.controller.js';
import { CircularsController } from './circulars/circulars.controller.js';
import { FactsAnnouncer } from './compliance/announcer.js';
import { ComplianceCache } from './compliance/compliance.cache.js';
import { ComplianceController } from './compliance/compliance.controller.js';
import { PeopleController } from './directory/people.controller.js';
import { SchoolsController } from './directory/schools.controller.js';
import {
  DepartmentsController,
  InstitutionsController,
  ZonesController,
} from './directory/units.controllers.js';
import { ExportsController } from './exports/exports.controller.js';
import { HealthController } from './health/health.controller.js';
import { InspectionsController } from './inspections/inspections.controller.js';
import { IssuesController } from './issues/issues.controller.js';
import { LibraryController } from './library/library.controller.js';
import { MeasurementsController } from './measurements/measurements.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { NoticesController } from './notices/notices.controller.js';
import { DocsController, OpenApiController } from './openapi/openapi.controller.js';
import { Reference } from './openapi/reference.js';
import { PlansController } from './plans/plans.controller.js';
import { VerifyController } from './public/verify.controller.js';
import { SettingsController } from './settings/settings.controller.js';

/** Every controller of the API, by noun. */
export const CONTROLLERS: Type[] = [
  ExportsController,
  NoticesController,
  DocsController,
  OpenApiController,
  MetricsController,
  AuditVerifyController,
  AuthController,
  ApiKeysController,
  AuditLogController,
  SettingsController,
  AttachmentsController,
  SchoolsController,
  InstitutionsController,
  DepartmentsController,
  ZonesController,
  PeopleController,
  HealthController,
  InspectionsController,
  LibraryController,
  ChecklistsController,
  PlansController,
  ComplianceController,
  CircularDeskController,
  CircularsController,
  VerifyController,
  MeasurementsController,
  IssuesController,
];

/** What controllers need beyond the request's context. */
export const PROVIDERS: Provider[] = [FactsAnnouncer, Reference, Metrics, ComplianceCache];
