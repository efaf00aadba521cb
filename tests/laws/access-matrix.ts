/**
 * Who may use which route, decided here and nowhere derived from the code.
 * tests/laws/authorization.spec.ts asks the running application for every cell; a route without a row fails it.
 */
import type { ApiScope, Role } from '#rules/actor.js';
import type { Scene } from './scene.js';

const OFFICE: Role[] = ['office_head', 'office_staff'];
const LEADERS: Role[] = ['office_head', 'bureau_leader'];
const DISTRICT: Role[] = [...OFFICE, 'bureau_leader', 'auditor'];
const OFFICE_AND_ZONE: Role[] = [...OFFICE, 'zone_officer'];
const FIELD: Role[] = [...OFFICE_AND_ZONE, 'inspector'];
const UNIT: Role[] = ['unit_leader', 'unit_clerk'];
const SUPERVISION: Role[] = [...FIELD, 'bureau_leader', 'auditor', ...UNIT];
const ADMIN: Role[] = ['system_admin'];
const EVERYBODY: Role[] = [...SUPERVISION, ...ADMIN];

export type Row = {
  route: string;
  /** Which case of the route, where it has several. */
  about?: string;
  /** Whose role opens the door at all; others are refused with 403 whatever they ask for. */
  door: readonly Role[] | 'public' | 'person';
  /**
   * What the addressed thing hangs on: `unit`, schoolLiu in the east zone (others do not see it: 404); `whole`, the district
   * as a whole: who reaches only a zone or school does not see it; `district`, seen by all of it who may enter and by nobody
   * beyond; `open`, nothing: everybody is answered about the own.
   */
  on: 'unit' | 'whole' | 'district' | 'open';
  /** What who does not see it gets: 404, or 400 where it is named in the body. */
  unseen?: 400;
  /** Only these see it, of those who may enter; the others get 404. */
  visible?: readonly Role[];
  /** Only these may do it, of those who see it; the others get 403. */
  may?: readonly Role[];
  /** Roles without a unit or zone that reach every unit of the district, beside the office's, the leader's and the auditor's. */
  alsoEverywhere?: readonly Role[];
  /** The scope that opens it to an API client; without one a client gets 403. */
  scope?: ApiScope;
  /** What a client with the scope gets, where it is not an answer. */
  client?: 404;
  /** The thing in the path. */
  of?: keyof Scene | 'a new id';
  /** What stands for the second parameter of the path. */
  at?: string;
  query?: string;
  body?: (scene: Scene) => object;
  /** Sent as a file of this type. */
  file?: string;
  /** Statuses that only who is let in may get, beyond success and those of a state. */
  also?: readonly number[];
};
type More = Omit<Row, 'route' | 'door' | 'on'>;
const row = (route: string, door: Row['door'], on: Row['on'], more: More = {}): Row => ({
  route,
  door,
  on,
  ...more,
});
const day = '2026-03-12';

/** Which roles may ever take an action on an issue, said once more beside the life-cycle table. */
const ACTIONS: Record<string, readonly Role[]> = {
  resolve_on_site: FIELD,
  issue_notice: FIELD,
  plan: UNIT,
  object: ['unit_leader'],
  uphold: [...OFFICE, 'bureau_leader'],
  accept_objection: [...OFFICE, 'bureau_leader'],
  request_extension: ['unit_leader'],
  grant_extension: OFFICE,
  refuse_extension: OFFICE,
  request_close: ['unit_leader'],
  verify: ['inspector', 'zone_officer'],
  close: [...OFFICE_AND_ZONE, 'bureau_leader'],
  return: [...FIELD, 'bureau_leader'],
  refer: ['office_head'],
  settle_referral: ['office_head'],
  regrade: ['office_head'],
  merge: OFFICE_AND_ZONE,
  confirm_recurrence: FIELD,
  escalate: OFFICE_AND_ZONE,
  withdraw: ['office_head'],
  close_own: ['unit_leader'],
};

export const MATRIX: readonly Row[] = [
  row('GET /healthz', 'public', 'open'),
  row('GET /readyz', 'public', 'open'),
  row('GET /metrics', 'public', 'open'),
  row('GET /api/docs', 'public', 'open'),
  row('GET /api/docs/problems', 'public', 'open'),
  row('GET /openapi.json', 'public', 'open'),

  row('POST /auth/login', 'public', 'open', { also: [400] }),
  row('POST /auth/refresh', 'public', 'open', { also: [400] }),
  row('POST /auth/logout', 'person', 'open'),
  row('POST /auth/password', 'person', 'open', { also: [400] }),
  row('GET /me', 'person', 'open'),
  row('GET /me/work-package', [...FIELD, ...UNIT], 'open'),

  row('GET /schools', EVERYBODY, 'open'),
  row('POST /schools', [...OFFICE, ...ADMIN], 'district', {
    unseen: 400,
    body: ({ zone }) => ({ code: '3702030077', name: '新设小学', stages: ['primary'], zoneId: zone }),
  }),
  row('GET /schools/{id}', EVERYBODY, 'unit', { of: 'school', alsoEverywhere: ADMIN }),
  row('GET /schools/{id}/summary.pdf', SUPERVISION, 'unit', { of: 'school' }),
  row('PATCH /schools/{id}', [...OFFICE, ...ADMIN], 'unit', {
    of: 'school',
    alsoEverywhere: ADMIN,
    body: () => ({ boarding: true }),
  }),
  row('POST /schools/import', [...OFFICE, ...ADMIN], 'open', { file: 'text/csv', also: [400] }),
  row('GET /schools/import-template.xlsx', [...OFFICE, ...ADMIN], 'open'),
  row('GET /institutions', EVERYBODY, 'open'),
  row('POST /institutions', [...OFFICE, ...ADMIN], 'open', {
    body: () => ({ code: 'PX0077', name: '新设培训机构' }),
  }),
  row('GET /institutions/{id}', EVERYBODY, 'unit', {
    of: 'institution',
    about: 'of the east zone',
    visible: [...FIELD, 'bureau_leader', 'auditor', ...ADMIN],
    alsoEverywhere: ADMIN,
  }),
  row('GET /institutions/{id}/summary.pdf', SUPERVISION, 'unit', {
    of: 'institution',
    about: 'of the east zone',
    visible: [...FIELD, 'bureau_leader', 'auditor'],
  }),
  row('PATCH /institutions/{id}', [...OFFICE, ...ADMIN], 'unit', {
    of: 'institution',
    alsoEverywhere: ADMIN,
    body: () => ({ boarding: false }),
  }),
  row('GET /departments', EVERYBODY, 'open'),
  row('POST /departments', [...OFFICE, ...ADMIN], 'open', {
    body: () => ({ code: 'BM0077', name: '新设科室' }),
  }),
  row('GET /departments/{id}', EVERYBODY, 'unit', {
    of: 'department',
    about: 'of no zone',
    visible: [...DISTRICT, ...ADMIN],
    alsoEverywhere: ADMIN,
  }),
  row('PATCH /departments/{id}', [...OFFICE, ...ADMIN], 'district', {
    of: 'department',
    body: () => ({ name: '基础教育科' }),
  }),
  row('GET /zones', EVERYBODY, 'open'),
  row('POST /zones', [...OFFICE, ...ADMIN], 'open', { body: () => ({ code: 'south', name: '南片区' }) }),
  row('GET /zones/{id}', EVERYBODY, 'district', { of: 'zone' }),
  row('PATCH /zones/{id}', [...OFFICE, ...ADMIN], 'district', {
    of: 'zone',
    body: () => ({ name: '东片区' }),
  }),
  row('GET /users', [...FIELD, 'bureau_leader', 'auditor', ...ADMIN], 'open'),
  row('POST /users', ADMIN, 'open', {
    body: () => ({
      username: 'new.person',
      name: '新人',
      roles: ['office_staff'],
      password: 'Kunlun-Shan-2026',
    }),
  }),
  row('GET /users/{id}', [...FIELD, 'bureau_leader', 'auditor', ...ADMIN], 'district', { of: 'person' }),
  row('PATCH /users/{id}', ADMIN, 'district', { of: 'person', body: () => ({ phone: '0532-85910000' }) }),

  row('GET /policies', SUPERVISION, 'open'),
  row('GET /checklist-items', SUPERVISION, 'open'),
  row('GET /checklist-templates', SUPERVISION, 'open'),
  row('GET /checklists', SUPERVISION, 'open'),
  row('POST /checklists', OFFICE, 'open', {
    body: () => ({ code: 'NEW', title: '新清单', subject: 'school', coverage: 'partial', items: [] }),
  }),
  row('GET /checklists/{id}', SUPERVISION, 'district', { of: 'checklist', about: 'published' }),
  row('GET /checklists/{id}', SUPERVISION, 'district', {
    of: 'checklistDraft',
    about: 'draft',
    visible: [...DISTRICT, 'zone_officer'],
  }),
  row('PATCH /checklists/{id}', OFFICE, 'district', {
    of: 'checklistDraft',
    body: () => ({ title: '草稿' }),
  }),
  row('POST /checklists/{id}/publish', OFFICE, 'district', { of: 'checklist' }),
  row('POST /checklists/{id}/revise', OFFICE, 'district', { of: 'checklist' }),
  row('GET /checklists/{id}/export.xlsx', SUPERVISION, 'district', { of: 'checklist' }),
  row('POST /checklists/import', OFFICE, 'open', { file: 'text/csv', also: [400] }),

  row('GET /plans', [...FIELD, 'bureau_leader', 'auditor'], 'open'),
  row('POST /plans', OFFICE_AND_ZONE, 'unit', {
    unseen: 400,
    body: ({ checklist, school, inspector }) => ({
      title: '三月计划',
      kind: 'routine',
      checklistId: checklist,
      startsOn: day,
      endsOn: day,
      assignments: [{ unitId: school, scheduledOn: day, team: [inspector], leadId: inspector }],
    }),
  }),
  row('GET /plans/{id}', [...FIELD, 'bureau_leader', 'auditor'], 'unit', { of: 'plan' }),
  row('PATCH /plans/{id}', OFFICE_AND_ZONE, 'unit', {
    about: 'drafted by the office',
    of: 'plan',
    may: OFFICE,
    body: () => ({ title: '改' }),
  }),
  row('POST /plans/{id}/launch', OFFICE_AND_ZONE, 'unit', {
    about: 'drafted by the office',
    of: 'planToLaunch',
    may: OFFICE,
  }),

  row('GET /inspections', SUPERVISION, 'open'),
  row('PUT /inspections/{id}', [...FIELD, ...UNIT], 'unit', {
    about: 'a visit; a school arranges self-checks alone',
    of: 'a new id',
    may: FIELD,
    body: ({ checklist, school, inspector }) => ({
      unitId: school,
      checklistId: checklist,
      kind: 'routine',
      scheduledOn: '2026-03-10',
      team: [inspector],
      leadId: inspector,
    }),
  }),
  row('GET /inspections/{id}', SUPERVISION, 'unit', {
    about: 'before its submission: the school is not told',
    of: 'inspection',
    visible: [...FIELD, 'bureau_leader', 'auditor'],
  }),
  row('GET /inspections/{id}', SUPERVISION, 'unit', { about: 'submitted', of: 'submitted' }),
  row('POST /inspections/{id}/answers', [...FIELD, ...UNIT], 'unit', {
    about: 'by the team',
    of: 'inspection',
    visible: FIELD,
    may: ['inspector'],
    body: () => ({ operations: [] }),
  }),
  row('POST /inspections/{id}/submit', [...FIELD, ...UNIT], 'unit', {
    about: 'by the lead',
    of: 'inspection',
    visible: FIELD,
    may: ['inspector'],
    body: () => ({ summary: '未填完' }),
  }),
  row('POST /inspections/{id}/amendments', [...FIELD, ...UNIT], 'unit', {
    about: 'by the lead',
    of: 'submitted',
    may: ['inspector', ...OFFICE],
    also: [400],
    body: () => ({
      reason: '更正',
      operations: [
        {
          operationId: '6f1c1c1e-0000-4000-8000-000000000001',
          itemCode: 'NO-SUCH-ITEM',
          verdict: 'compliant',
          answeredAt: '2026-03-10T01:00:00Z',
        },
      ],
    }),
  }),
  row('POST /inspections/{id}/cancel', [...FIELD, ...UNIT], 'unit', {
    of: 'submitted',
    may: OFFICE_AND_ZONE,
    body: () => ({ reason: '改期' }),
  }),
  row('POST /inspections/{id}/archive', OFFICE, 'unit', { of: 'inspection' }),
  row('GET /inspections/{id}/record.pdf', SUPERVISION, 'unit', { of: 'submitted' }),

  row('PUT /attachments/{sha256}', [...FIELD, 'bureau_leader', ...UNIT], 'open', {
    of: 'photo',
    file: 'image/png',
    also: [400],
  }),
  row('GET /attachments/{sha256}', EVERYBODY, 'unit', { of: 'photo' }),
  row('GET /attachments/{sha256}/thumbnail', EVERYBODY, 'unit', { of: 'photo' }),

  row('GET /issues', SUPERVISION, 'open', { scope: 'issues:read' }),
  row('POST /issues', SUPERVISION, 'unit', {
    may: FIELD,
    body: ({ school }) => ({ unitId: school, category: '作业管理', finding: '另一问题', severity: 'minor' }),
  }),
  row('GET /issues/{id}', SUPERVISION, 'unit', { of: 'issue', scope: 'issues:read' }),
  row('GET /issues/{id}/events', SUPERVISION, 'unit', { of: 'issue' }),
  row('GET /issues/{id}/closure.pdf', SUPERVISION, 'unit', { of: 'issue' }),
  row('GET /issues/{id}/supervision-order.pdf', SUPERVISION, 'unit', { of: 'ordered' }),
  ...Object.entries(ACTIONS).map(([action, may]) =>
    // A referred issue: most actions are refused by its state, and none is done without its needs.
    row('POST /issues/{id}/transitions', SUPERVISION, 'unit', {
      about: action,
      of: 'referred',
      may,
      also: [400],
      body: () => ({ action }),
    }),
  ),
  row('POST /issues/transitions', SUPERVISION, 'open', {
    about: 'each issue is judged for itself',
    body: ({ referred }) => ({ action: 'withdraw', issueIds: [referred], reason: '误登' }),
  }),
  row('GET /notices', SUPERVISION, 'open'),
  row('GET /notices/{id}', SUPERVISION, 'unit', { of: 'notice' }),
  row('GET /notices/{id}/pdf', SUPERVISION, 'unit', { of: 'notice' }),
  row('GET /notices/{id}/docx', SUPERVISION, 'unit', { of: 'notice' }),
  row('POST /notices/{id}/receipt', SUPERVISION, 'unit', {
    of: 'notice',
    may: UNIT,
    body: () => ({ receivedBy: '刘校长' }),
  }),

  row('POST /exports', [...FIELD, 'bureau_leader', 'auditor', ...UNIT], 'open', {
    body: () => ({ kind: 'issues', format: 'csv' }),
  }),
  row('GET /exports/{id}', [...FIELD, 'bureau_leader', 'auditor', ...UNIT], 'district', {
    of: 'exportOfHead',
    visible: ['office_head'],
  }),
  row('GET /exports/{id}/file', [...FIELD, 'bureau_leader', 'auditor', ...UNIT], 'district', {
    of: 'exportOfHead',
    visible: ['office_head'],
  }),

  row('GET /circulars', SUPERVISION, 'open', { scope: 'circulars:read' }),
  row('POST /circulars', OFFICE, 'open', { body: () => ({ kind: 'monthly', period: '2026-02' }) }),
  row('GET /circulars/{id}', SUPERVISION, 'whole', {
    about: 'draft',
    of: 'circularDraft',
    visible: DISTRICT,
    scope: 'circulars:read',
    client: 404,
  }),
  row('GET /circulars/{id}', SUPERVISION, 'district', {
    about: 'issued',
    of: 'circularIssued',
    scope: 'circulars:read',
  }),
  row('PATCH /circulars/{id}', OFFICE, 'district', {
    of: 'circularDraft',
    body: () => ({ narrative: { overview: '概况' } }),
  }),
  row('POST /circulars/{id}/issue', DISTRICT, 'whole', { of: 'circularDraft', may: LEADERS }),
  row('POST /circulars/{id}/retry', OFFICE, 'district', { of: 'circularDraft' }),
  row('POST /circulars/{id}/receipt', [...OFFICE, ...UNIT], 'district', { of: 'circularIssued', may: UNIT }),
  row('GET /circulars/{id}/receipts', SUPERVISION, 'district', { of: 'circularIssued' }),
  row('GET /circulars/{id}/figures', SUPERVISION, 'district', {
    of: 'circularIssued',
    scope: 'circulars:read',
  }),
  row('GET /circulars/{id}/figures/{key}', SUPERVISION, 'whole', {
    about: 'draft',
    of: 'circularDraft',
    visible: DISTRICT,
    scope: 'circulars:read',
    client: 404,
    at: 'overview.visits',
  }),
  row('GET /circulars/{id}/figures/{key}', SUPERVISION, 'district', {
    about: 'issued',
    of: 'circularIssued',
    scope: 'circulars:read',
    at: 'overview.visits',
  }),
  row('GET /circulars/{id}/rehearsal', DISTRICT, 'whole', { of: 'circularDraft' }),
  row('GET /public/verify/{hash}', 'public', 'open', { of: 'circularHash' }),
  row('GET /circulars/{id}/pdf', SUPERVISION, 'district', {
    of: 'circularIssued',
    scope: 'circulars:read',
  }),
  row('GET /circulars/{id}/docx', SUPERVISION, 'district', {
    of: 'circularIssued',
    scope: 'circulars:read',
  }),
  row('GET /circulars/{id}/xlsx', SUPERVISION, 'district', {
    of: 'circularIssued',
    scope: 'circulars:read',
  }),

  row('GET /compliance/units', SUPERVISION, 'open', { scope: 'compliance:read' }),
  row('GET /compliance/changes', SUPERVISION, 'open', { scope: 'compliance:read' }),
  row('GET /compliance/schools/{idOrCode}', SUPERVISION, 'unit', { of: 'school', scope: 'compliance:read' }),
  row('GET /compliance/schools/{idOrCode}/items', SUPERVISION, 'unit', {
    of: 'school',
    scope: 'compliance:read',
  }),
  row('GET /compliance/districts/{code}', SUPERVISION, 'district', {
    of: 'districtCode',
    scope: 'compliance:read',
  }),
  row('GET /measurements', SUPERVISION, 'open'),

  row('GET /calendar/deadline', EVERYBODY, 'open', { query: 'from=2026-03-10&workingDays=3' }),
  row('GET /settings/calendars', EVERYBODY, 'open'),
  row('GET /settings/calendars/{year}', EVERYBODY, 'open', { of: 'year' }),
  row('PUT /settings/calendars/{year}', ['office_head', ...ADMIN], 'open', {
    of: 'year',
    body: ({ calendar }) => calendar,
  }),
  row('GET /settings', EVERYBODY, 'open'),
  row('PATCH /settings', ['office_head'], 'open', { body: () => ({ minSample: 10 }) }),
  row('GET /api-keys', ADMIN, 'open'),
  row('POST /api-keys', ADMIN, 'open', { body: () => ({ name: '平台', scopes: ['issues:read'] }) }),
  row('DELETE /api-keys/{id}', ADMIN, 'district', { of: 'apiKey' }),
  row('GET /audit-log', ['office_head', 'auditor'], 'open'),
  row('GET /audit-log/verify', ['office_head', 'auditor'], 'open'),
];
