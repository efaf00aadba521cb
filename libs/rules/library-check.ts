/** Whether the library hangs together. Used by the test of data/library and when a library is loaded. */

import { SEVERITIES } from './issue-lifecycle.js';
import {
  CATEGORIES,
  COMPARATORS,
  EXTENTS,
  INSPECTION_KINDS,
  type Judge,
  type LibraryChecklist,
  type LibraryItem,
  type Limit,
  POLICY_PROFILES,
  type Policy,
  type PolicyProfile,
  SUBJECTS,
} from './library.js';
import { gradesOfStage, STAGES, type Stage } from './stages.js';
import { isTimeOfDay } from './times.js';
import { VISIBLE } from './visible-text.js';

/** Every fault in one English sentence for whoever maintains the data; empty when there is none. */
export function validateLibrary(
  policies: readonly Policy[],
  items: readonly LibraryItem[],
  checklists: readonly LibraryChecklist[],
): string[] {
  const codes = new Set(policies.map(({ code }) => code));
  const byCode = new Map(items.map((item) => [item.itemCode, item]));
  return [
    ...repeated(
      'policy',
      policies.map(({ code }) => code),
    ),
    ...repeated(
      'item',
      items.map(({ itemCode }) => itemCode),
    ),
    ...repeated(
      'checklist',
      checklists.map(({ code }) => code),
    ),
    ...policies.flatMap((policy) => policyFaults(policy).map((fault) => `policy ${policy.code}: ${fault}`)),
    ...items.flatMap((item) => itemFaults(item, codes).map((fault) => `item ${item.itemCode}: ${fault}`)),
    ...checklists.flatMap((list) =>
      checklistFaults(list, byCode, codes).map((fault) => `checklist ${list.code}: ${fault}`),
    ),
  ];
}

const POLICY_FIELDS = ['code', 'title', 'documentNumber', 'issuedOn', 'scope', 'citable', 'clauses'];
const ITEM_FIELDS = [
  ...[
    'itemCode',
    'title',
    'question',
    'requirement',
    'category',
    'subject',
    'stages',
    'grades',
    'judge',
    'evidence',
    'evidenceRequired',
  ],
  ...[
    'severity',
    'severityByExtent',
    'veto',
    'basis',
    'origins',
    'history',
    'profiles',
    'note',
    'disposition',
    'computed',
  ],
];
const CHECKLIST_FIELDS = [
  ...[
    'code',
    'title',
    'kind',
    'subject',
    'stages',
    'policyProfile',
    'coverage',
    'frequency',
    'methods',
    'basis',
  ],
  ...['origins', 'items', 'groups', 'note'],
];

function policyFaults(policy: Policy): string[] {
  return [
    ...unknownFields(policy, POLICY_FIELDS),
    ...unless(isText(policy.title), 'no title'),
    ...unless(policy.documentNumber === null || isText(policy.documentNumber), 'document number is empty'),
    ...unless(
      policy.issuedOn === null || /^\d{4}(-\d{2}){0,2}$/.test(policy.issuedOn),
      `no date: ${policy.issuedOn}`,
    ),
    ...unless(['national', 'local', 'reference'].includes(policy.scope), `unknown scope ${policy.scope}`),
    ...unless(typeof policy.citable === 'boolean', 'citable is not a boolean'),
    ...unless(!policy.citable || policy.scope === 'national', 'citable although it does not bind everywhere'),
  ];
}

function itemFaults(item: LibraryItem, policies: ReadonlySet<string>): string[] {
  const profiles = Object.entries(item.profiles ?? {});
  return [
    ...unknownFields(item, ITEM_FIELDS),
    ...unless(/^[A-Z]{2}-[A-Z]{2}-\d{2}$/.test(item.itemCode), 'code is not of the form XX-YY-00'),
    ...unless(isText(item.title) && isText(item.question), 'title or question is empty'),
    ...oneOf(item.category, CATEGORIES, 'category'),
    ...oneOf(item.subject, SUBJECTS, 'subject'),
    ...stageFaults(item.stages, item.grades),
    ...judgeFaults(item.judge, item.stages),
    ...requirementFaults(item.judge, item.requirement),
    ...profiles.flatMap(([profile, told]) => [
      ...oneOf(profile, POLICY_PROFILES, 'profile'),
      ...(told?.judge ? judgeFaults(told.judge, item.stages) : []),
      ...profileRequirementFaults(item, told),
    ]),
    ...unless(item.evidence.length > 0 && item.evidence.every(isText), 'no way of finding out'),
    ...unless(
      typeof item.evidenceRequired === 'boolean' && typeof item.veto === 'boolean',
      'a flag is not a boolean',
    ),
    ...oneOf(item.severity, Object.keys(SEVERITIES), 'severity'),
    ...Object.entries(item.severityByExtent ?? {}).flatMap(([extent, severity]) => [
      ...oneOf(extent, EXTENTS, 'extent'),
      ...oneOf(severity, Object.keys(SEVERITIES), 'severity'),
    ]),
    ...basisFaults(item, policies),
    ...unless(item.basis.length + item.origins.length > 0, 'neither basis nor origin'),
  ];
}

/** What a document says that should or must not be; a figure says so itself. */
function requirementFaults(judge: Judge, requirement: string | undefined): string[] {
  if (judge.type !== 'boolean') return unless(requirement === undefined, 'a requirement beside a figure');
  if (requirement === undefined) return ['no requirement'];
  return [
    ...unless(VISIBLE.test(requirement), 'the requirement is empty'),
    ...unless(/应|须|不得/.test(requirement), 'the requirement says neither 应, 须 nor 不得'),
    // It is printed as one of several in a line, and as part of a sentence.
    ...unless(
      !/是否|[？。；\n]/.test(requirement),
      'the requirement is a question, or more than one sentence',
    ),
  ];
}

/** Another question, or another right answer to it, has a requirement of its own. */
function profileRequirementFaults(
  item: LibraryItem,
  told: NonNullable<LibraryItem['profiles']>[PolicyProfile],
): string[] {
  const judge = told?.judge ?? item.judge;
  const asksAnew = told?.question !== undefined || told?.judge !== undefined;
  if (judge.type === 'boolean' && asksAnew) return requirementFaults(judge, told?.requirement);
  return told?.requirement === undefined ? [] : requirementFaults(judge, told.requirement);
}

function checklistFaults(
  list: LibraryChecklist,
  items: ReadonlyMap<string, LibraryItem>,
  policies: ReadonlySet<string>,
): string[] {
  const listed = list.items.map(({ itemCode }) => itemCode);
  const grouped = (list.groups ?? []).flatMap(({ itemCodes }) => itemCodes);
  return [
    ...unknownFields(list, CHECKLIST_FIELDS),
    ...unless(isText(list.title) && isText(list.frequency), 'title or frequency is empty'),
    ...oneOf(list.kind, INSPECTION_KINDS, 'kind'),
    ...oneOf(list.subject, SUBJECTS, 'subject'),
    ...oneOf(list.policyProfile, POLICY_PROFILES, 'profile'),
    ...oneOf(list.coverage, ['full', 'partial'], 'coverage'),
    ...stageFaults(list.stages, undefined),
    ...basisFaults(list, policies),
    ...unless(listed.length > 0, 'no items'),
    ...repeated('item', listed),
    ...listed.flatMap((code) => {
      const item = items.get(code);
      if (!item) return [`unknown item ${code}`];
      return [
        ...unless(item.subject === list.subject, `${code} is about another kind of unit`),
        ...unless(
          item.stages.some((stage) => list.stages.includes(stage)),
          `${code} is about other stages`,
        ),
      ];
    }),
    ...(list.groups ? repeated('grouped item', grouped) : []),
    ...(list.groups
      ? listed.filter((code) => !grouped.includes(code)).map((code) => `${code} is in no group`)
      : []),
    ...grouped.filter((code) => !listed.includes(code)).map((code) => `grouped but not listed: ${code}`),
  ];
}

function judgeFaults(judge: Judge, stages: readonly Stage[]): string[] {
  if (judge.type === 'boolean')
    return unless(typeof judge.passWhen === 'boolean', 'passWhen is not a boolean');
  if (judge.type !== 'measure' && judge.type !== 'indicator') return ['unknown type of judge'];
  const rest = judge.type === 'measure' ? judge.limit : judge.reference;
  const limits = [rest, ...(judge.bands ?? []).map(({ limit }) => limit)];
  return [
    ...unless(
      [judge.metric, judge.metricTitle, judge.unit, judge.per].every(isText),
      'metric, unit or per is empty',
    ),
    ...(judge.type === 'measure' || judge.comparator
      ? oneOf(judge.comparator, COMPARATORS, 'comparator')
      : []),
    ...limits.flatMap((limit) =>
      unless(limit === null || fitsUnit(limit, judge.unit), `${limit} is no limit in ${judge.unit}`),
    ),
    ...(judge.bands ?? []).flatMap((band) => [
      ...stageFaults(band.stages ?? stages, band.grades),
      ...unless(
        (band.stages ?? []).every((stage) => stages.includes(stage)),
        'a band is about a stage that the item is not',
      ),
    ]),
  ];
}

function fitsUnit(limit: Limit, unit: string): boolean {
  if (unit === '时刻') return isTimeOfDay(limit);
  return typeof limit === 'number' && Number.isFinite(limit) && limit >= 0 && (unit !== '%' || limit <= 100);
}

function stageFaults(stages: readonly Stage[], grades: readonly number[] | undefined): string[] {
  const taught = stages.flatMap((stage) => (STAGES.includes(stage) ? gradesOfStage(stage, '6-3') : []));
  return [
    ...unless(stages.length > 0, 'no stages'),
    ...repeated('stage', stages),
    ...stages.flatMap((stage) => oneOf(stage, STAGES, 'stage')),
    ...(grades ?? []).flatMap((grade) =>
      unless(taught.includes(grade), `grade ${grade} is outside its stages`),
    ),
  ];
}

function basisFaults(
  { basis, origins }: Pick<LibraryItem, 'basis' | 'origins'>,
  policies: ReadonlySet<string>,
): string[] {
  return [
    ...basis.flatMap(({ policy, clause, clauseVerified, profiles = [] }) => [
      ...unless(policies.has(policy), `unknown policy ${policy}`),
      ...unless(clause === undefined || (Number.isInteger(clause) && clause > 0), `no clause: ${clause}`),
      ...unless(
        (clause === undefined) === (clauseVerified === undefined),
        'a clause is either verified or not',
      ),
      ...profiles.flatMap((profile) => oneOf(profile, POLICY_PROFILES, 'profile')),
    ]),
    ...origins.flatMap(({ seed, line }) => [
      ...unless(/^\d{3}$/.test(seed), `no file code: ${seed}`),
      ...unless(line === undefined || (Number.isInteger(line) && line > 0), `no line: ${line}`),
    ]),
  ];
}

function unless(holds: boolean, fault: string): string[] {
  return holds ? [] : [fault];
}

function oneOf(value: unknown, allowed: readonly string[], what: string): string[] {
  return unless(
    allowed.some((one) => one === value),
    `unknown ${what} ${String(value)}`,
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function repeated(what: string, values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))].map(
    (value) => `${what} twice: ${value}`,
  );
}

/** A misspelt optional field would otherwise do nothing, silently. */
function unknownFields(row: object, fields: readonly string[]): string[] {
  return Object.keys(row)
    .filter((field) => !fields.includes(field))
    .map((field) => `unknown field ${field}`);
}
