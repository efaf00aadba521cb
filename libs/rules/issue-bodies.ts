/**
 * What each action is given: the fields of the life-cycle table with their
 * shapes. The same rows check a request after role and state were asked, describe it in OpenAPI and build the form.
 */

import { MAX_WORKING_DAYS } from './calendar.js';
import {
  type ActionRow,
  ESCALATION_ORDER,
  ISSUE_ACTION_NAMES,
  ISSUE_ACTIONS,
  type IssueAction,
  MODES,
  SEVERITY_ORDER,
} from './issue-lifecycle.js';
import { isDay } from './local-date.js';
import type { Measure } from './measures.js';
import { type FieldError, Problem, problem } from './problems.js';
import { isTimeOfDay } from './times.js';
import { VISIBLE } from './visible-text.js';

/** A body after `readBody`: what the action needs is there and has its shape. */
export type ActionBody = {
  note?: string;
  reason?: string;
  grounds?: string;
  finding?: string;
  requirements?: string;
  responsiblePerson?: string;
  plan?: string;
  department?: string;
  /** Text of what was done; of `verify` the figures measured again. */
  measures?: string | Measure[];
  method?: 'on_site' | 'documents' | 're_measurement';
  mode?: keyof typeof MODES;
  severity?: 'minor' | 'major' | 'serious';
  step?: (typeof ESCALATION_ORDER)[number];
  outcome?: 'resolved' | 'sent_back';
  dueOn?: string;
  workingDays?: number;
  milestones?: { on: string; text: string }[];
  coVerifierId?: string;
  intoIssueId?: string;
  attachments?: string[];
};
export type ActionField = keyof ActionBody;

/** No figure of a school is larger: more is a slip of the pen. */
const MOST = 1_000_000_000;
const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$';
const HASH = '^[0-9a-f]{64}$';
/** As much as JSON Schema says of a field; `title` is the label of the form. */
export type FieldSchema = {
  title: string;
  type: 'string' | 'integer' | 'array';
  format?: 'date' | 'uuid';
  pattern?: string;
  enum?: readonly string[];
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  items?: object;
};

const text = (title: string, maxLength = 4000): FieldSchema => ({ title, type: 'string', maxLength });
const choice = (title: string, values: readonly string[]): FieldSchema => ({
  title,
  type: 'string',
  enum: values,
});
const id = (title: string): FieldSchema => ({ title, type: 'string', format: 'uuid', pattern: UUID });

const FIELDS: Record<ActionField, FieldSchema> = {
  note: text('意见'),
  reason: text('理由'),
  grounds: text('申辩理由'),
  finding: text('核验情况'),
  requirements: text('整改要求'),
  responsiblePerson: text('责任人', 100),
  plan: text('整改方案'),
  department: text('移交部门', 200),
  measures: text('整改措施'),
  method: choice('核验方式', ['on_site', 'documents', 're_measurement']),
  mode: choice('整改方式', Object.keys(MODES)),
  severity: choice('等级', SEVERITY_ORDER),
  step: choice('措施', ESCALATION_ORDER),
  outcome: choice('办理结果', ['resolved', 'sent_back']),
  dueOn: { title: '期限', type: 'string', format: 'date' },
  workingDays: { title: '工作日数', type: 'integer', minimum: 1, maximum: MAX_WORKING_DAYS },
  milestones: {
    title: '阶段目标',
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['on', 'text'],
      properties: { on: { type: 'string', format: 'date' }, text: { type: 'string', maxLength: 500 } },
    },
  },
  coVerifierId: id('第二核验人'),
  intoIssueId: id('并入的问题'),
  attachments: {
    title: '附件',
    type: 'array',
    maxItems: 20,
    uniqueItems: true,
    items: { type: 'string', pattern: HASH },
  },
};

const FIGURES: FieldSchema = {
  title: '复测数值',
  type: 'array',
  maxItems: 50,
  items: {
    type: 'object',
    additionalProperties: false,
    properties: {
      stage: { type: 'string', enum: ['primary', 'junior', 'senior'] },
      grade: { type: 'integer', minimum: 1, maximum: 12 },
      label: { type: 'string', maxLength: 100 },
      value: { oneOf: [{ type: 'number', minimum: 0, maximum: MOST }, { type: 'string' }] },
      numerator: { type: 'number', minimum: 0, maximum: MOST },
      denominator: { type: 'number', exclusiveMinimum: 0, maximum: MOST },
    },
  },
};

/** The shape of one field of one action. */
export const fieldOf = (action: IssueAction, field: ActionField): FieldSchema =>
  action === 'verify' && field === 'measures' ? FIGURES : FIELDS[field];

/** JSON Schema of the whole body of an action, with `more` fields beside (bulk: issueIds). */
export function bodySchema(action: IssueAction, more: Record<string, object> = {}) {
  const { title, needs } = ISSUE_ACTIONS[action];
  const fields = Object.entries(needs) as [ActionField, string][];
  return {
    type: 'object',
    title: `${action} ${title}`,
    additionalProperties: false,
    required: [
      'action',
      ...Object.keys(more),
      ...fields.flatMap(([field, need]) => (need === 'required' ? [field] : [])),
    ],
    properties: {
      action: { type: 'string', enum: [action] },
      ...more,
      ...Object.fromEntries(fields.map(([field]) => [field, fieldOf(action, field)])),
    },
  };
}

/** The action named by a body. @throws request.invalid (400) */
export function readAction(body: Readonly<Record<string, unknown>>): IssueAction {
  const { action } = body;
  if (typeof action === 'string' && (ISSUE_ACTION_NAMES as string[]).includes(action))
    return action as IssueAction;
  throw problem('request.invalid', {
    detail: '请指明要办理的事项',
    errors: [{ pointer: '/action', code: 'is_in', message: `只能是 ${ISSUE_ACTION_NAMES.join('、')}` }],
  });
}

/**
 * Checks the body of an action (400). First every unmet need, then fields that the action does not take, then shapes.
 * `evidence`: the item demands evidence, so that a need of kind `evidence` is a must.
 * @throws issue.missing_field, issue.field_not_of_action, request.invalid
 */
export function readBody(
  action: IssueAction,
  given: Readonly<Record<string, unknown>>,
  evidence: boolean,
): ActionBody {
  const row: ActionRow = ISSUE_ACTIONS[action];
  const fields = Object.entries(given).filter(
    ([key, value]) => key !== 'action' && value !== null && value !== undefined,
  );
  const body = Object.fromEntries(fields);

  const missing = Object.entries(row.needs)
    .filter(
      ([field, need]) => (need === 'required' || (need === 'evidence' && evidence)) && blank(body[field]),
    )
    .map(([field, need]) =>
      missingField(field, need === 'evidence' ? '该要点须附佐证材料' : undefined, action),
    );
  if (missing.length) throw missingFields(...missing);

  const foreign = fields.filter(([field]) => !(field in row.needs));
  if (foreign.length) {
    throw problem('issue.field_not_of_action', {
      detail: `“${row.title}”不接受：${foreign.map(([field]) => field).join('、')}`,
      errors: foreign.map(([field]) => ({
        pointer: `/${field.replace(/~/g, '~0').replace(/\//g, '~1')}`,
        code: 'issue.field_not_of_action',
        message: '此项办理不接受该内容',
      })),
    });
  }
  const wrong = fields.flatMap(([field, value]) =>
    faults(fieldOf(action, field as ActionField), value, `/${field}`),
  );
  if (wrong.length) throw problem('request.invalid', { detail: wrong[0]!.message, errors: wrong });
  for (const field of ['coVerifierId', 'intoIssueId']) {
    if (typeof body[field] === 'string') body[field] = body[field].toLowerCase();
  }
  return body as ActionBody;
}

/** A need that is found unmet only later, e.g. the second verifier of a serious issue. */
export function missingField(field: string, message?: string, action?: IssueAction): FieldError {
  const title =
    field in FIELDS
      ? (action ? fieldOf(action, field as ActionField) : FIELDS[field as ActionField]).title
      : field;
  return { pointer: `/${field}`, code: 'issue.missing_field', message: message ?? `请填写${title}` };
}
export const missingFields = (...errors: FieldError[]): Problem =>
  problem('issue.missing_field', { detail: errors.map(({ message }) => message).join('；'), errors });

const blank = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'string' && !VISIBLE.test(value)) ||
  (Array.isArray(value) && value.length === 0);

function faults(schema: FieldSchema, value: unknown, pointer: string): FieldError[] {
  const fault = (code: string, message: string): FieldError[] => [{ pointer, code, message }];
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return fault('is_array', '应为列表');
    if (value.length > schema.maxItems!) return fault('array_max_size', `最多 ${schema.maxItems} 项`);
    if (schema.uniqueItems && new Set(value).size < value.length) return fault('array_unique', '不能重复');
    return value.flatMap((one: unknown, i) => itemFaults(schema, one, `${pointer}/${i}`));
  }
  if (schema.type === 'integer') {
    const whole =
      Number.isInteger(value) && (value as number) >= schema.minimum! && (value as number) <= schema.maximum!;
    return whole ? [] : fault('is_int', `应为 ${schema.minimum} 至 ${schema.maximum} 的整数`);
  }
  if (typeof value !== 'string') return fault('is_string', '应为文字');
  if (schema.enum && !schema.enum.includes(value)) return fault('is_in', `只能是 ${schema.enum.join('、')}`);
  if (schema.format === 'date' && !isDay(value)) return fault('day', '应为真实的日期，形如 2026-11-20');
  if (schema.format === 'uuid' && !new RegExp(UUID).test(value)) return fault('matches', '应为 UUID');
  if (schema.maxLength && value.length > schema.maxLength)
    return fault('max_length', `最多 ${schema.maxLength} 个字`);
  return !schema.enum && !schema.format && !VISIBLE.test(value) ? fault('matches', '不能为空') : [];
}

function itemFaults(schema: FieldSchema, one: unknown, pointer: string): FieldError[] {
  const fault = (at: string, message: string) => ({ pointer: at, code: 'invalid', message });
  if (schema === FIELDS.attachments) {
    return typeof one === 'string' && new RegExp(HASH).test(one)
      ? []
      : [fault(pointer, '应为 64 位小写十六进制的 SHA-256')];
  }
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return [fault(pointer, '应为对象')];
  const object = one as Record<string, unknown>;
  const allowed = Object.keys((schema.items as { properties: object }).properties);
  const found = Object.keys(object)
    .filter((key) => !allowed.includes(key))
    .map((key) => fault(`${pointer}/${key}`, '没有这个字段'));
  if (schema === FIELDS.milestones) {
    if (!isDay(object.on)) found.push(fault(`${pointer}/on`, '应为真实的日期，形如 2026-11-20'));
    if (typeof object.text !== 'string' || !VISIBLE.test(object.text) || object.text.length > 500)
      found.push(fault(`${pointer}/text`, '应为 1 至 500 个字'));
    return found;
  }
  const { stage, grade, label, value, numerator, denominator } = object;
  if (stage !== undefined && !['primary', 'junior', 'senior'].includes(stage as string))
    found.push(fault(`${pointer}/stage`, '只能是 primary、junior、senior'));
  if (grade !== undefined && !(Number.isInteger(grade) && (grade as number) >= 1 && (grade as number) <= 12))
    found.push(fault(`${pointer}/grade`, '应为 1 至 12 的整数'));
  if (label !== undefined && (typeof label !== 'string' || label.length > 100))
    found.push(fault(`${pointer}/label`, '最多 100 个字'));
  const isFigure = (one: unknown) => typeof one === 'number' && one >= 0 && one <= MOST;
  if (value !== undefined && !isFigure(value) && !isTimeOfDay(value))
    found.push(fault(`${pointer}/value`, `应为 0 至 ${MOST} 的数值，或 HH:MM`));
  if (numerator !== undefined && !isFigure(numerator))
    found.push(fault(`${pointer}/numerator`, `应为 0 至 ${MOST} 的数值`));
  if (denominator !== undefined && !(isFigure(denominator) && denominator !== 0))
    found.push(fault(`${pointer}/denominator`, `应为大于 0、不超过 ${MOST} 的数值`));
  if ((numerator === undefined) !== (denominator === undefined))
    found.push(fault(pointer, '分子、分母应一并填写'));
  if (value === undefined && numerator === undefined) found.push(fault(pointer, '请填写数值'));
  return found;
}
