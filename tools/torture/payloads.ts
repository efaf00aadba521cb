import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** The part of JSON Schema that the served OpenAPI document uses. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  nullable?: boolean;
};

const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!;
const chance = (percent: number): boolean => randomInt(100) < percent;

/** Values that break careless servers, whatever field they stand in. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  -1e308,
  2 ** 53 + 2,
  0.1,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '＝1+1',
  '=cmd|calc',
  "'; DROP TABLE issues;--",
  '../../../etc/passwd',
  '%00',
  '\u202e反向',
  '👩‍👩‍👧‍👦',
  'a'.repeat(20_000),
  '9'.repeat(400),
  '2026-02-30',
  '2026-13-01',
  '24:61',
  '0000-01-01',
  '9999-12-31',
  '275760-09-13T00:00:00Z',
  '1900-01-01T00:00:00Z',
  randomUUID(),
  '00000000-0000-0000-0000-000000000000',
  [],
  {},
  [[[]]],
  { __proto__x: 1 },
  { constructor: 1 },
  [null],
  { toString: 'x' },
];
const EXTRA_FIELDS = [
  'role',
  'roles',
  'districtId',
  'schoolId',
  'status',
  'id',
  'isAdmin',
  'constructor',
  'hasOwnProperty',
  'revision',
  'createdAt',
];

/** Which noun a field's or path's name speaks of. */
const NOUNS: readonly [RegExp, string][] = [
  [/unit|school/i, 'schools'],
  [/checklist/i, 'checklists'],
  [/inspection/i, 'inspections'],
  [/issue|duplicate|merge/i, 'issues'],
  [/user|lead|team|actor|person|member/i, 'users'],
  [/zone/i, 'zones'],
  [/circular|correct/i, 'circulars'],
  [/notice/i, 'notices'],
  [/plan/i, 'plans'],
  [/department/i, 'departments'],
  [/institution/i, 'institutions'],
  [/export/i, 'exports'],
  [/key/i, 'api-keys'],
];

/** Uploads: what the bytes say and what the header says need not agree. */
export function hostileUpload(): { body: Buffer; type: string } {
  const start = pick(MAGIC);
  const body = Buffer.concat([start, randomBytes(pick([0, 1, 100, 70_000]))]);
  if (chance(50)) return { body, type: pick(UPLOAD_TYPES) };
  const boundary = 'torture';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${pick(FILENAMES)}"\r\ncontent-type: ${pick(UPLOAD_TYPES)}\r\n\r\n`;
  const end = chance(80) ? `\r\n--${boundary}--\r\n` : '';
  return {
    body: Buffer.concat([Buffer.from(chance(90) ? head : head.slice(0, 60)), body, Buffer.from(end)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

const MAGIC = [
  Buffer.alloc(0),
  Buffer.from('PK\u0003\u0004'),
  Buffer.from('89504e470d0a1a0a0000000d49484452ffffffffffffffff', 'hex'),
  Buffer.from('ffd8ffe000104a46494600', 'hex'),
  Buffer.from('%PDF-1.7\n'),
  Buffer.from('RIFF\u0000\u0000\u0000\u0000WEBP'),
  Buffer.from('编码,名称\n=1+1,"没有结束'),
  Buffer.from('\ufeff编码,名称,类别\n3702030001,\u0000,primary\n'),
];
const UPLOAD_TYPES = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'application/pdf',
  'text/csv',
  'application/octet-stream',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/json',
  'text/html',
  'x',
];
const FILENAMES = ['a.xlsx', '../../etc/passwd', '＝1+1.csv', 'a.csv', 'x'.repeat(3000)];

export class Payloads {
  constructor(
    private readonly schemas: Record<string, Schema>,
    /** Ids of what is there by noun, and codes by field, so that payloads get past the first door. */
    public known: Readonly<Record<string, readonly string[]>>,
  ) {}

  resolve(schema: Schema): Schema {
    if (schema.$ref) return this.resolve(this.schemas[schema.$ref.split('/').pop() ?? ''] ?? {});
    if (schema.allOf?.length) {
      const parts = schema.allOf.map((part) => this.resolve(part));
      const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}));
      return Object.assign({}, ...parts, { properties });
    }
    return schema;
  }

  /** A value that the schema allows. */
  valid(given: Schema, name = '', depth = 0): unknown {
    const schema = this.resolve(given);
    const choice = schema.oneOf ?? schema.anyOf;
    if (choice?.length) return this.valid(pick(choice), name, depth);
    if (schema.enum?.length) return pick(schema.enum);
    const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type;
    if (type === 'null') return null;
    if (type === 'integer' && name === 'year') return randomInt(2024, 2029);
    if (type === 'integer')
      return randomInt(
        schema.minimum ?? 0,
        Math.min(schema.maximum ?? 1000, (schema.minimum ?? 0) + 1000) + 1,
      );
    if (type === 'number') return Math.round(Math.random() * 1000) / 10;
    if (type === 'boolean') return chance(50);
    if (type === 'array') {
      const count = depth > 3 ? 0 : randomInt(schema.minItems ?? 0, Math.max(schema.minItems ?? 0, 2) + 1);
      return Array.from({ length: count }, () => this.valid(schema.items ?? {}, name, depth + 1));
    }
    if (type === 'object' || schema.properties) {
      const entries = Object.entries(schema.properties ?? {}).filter(
        ([key]) => schema.required?.includes(key) || chance(50),
      );
      return Object.fromEntries(entries.map(([key, value]) => [key, this.valid(value, key, depth + 1)]));
    }
    if (type === 'string') return this.text(schema, name);
    return pick(HOSTILE);
  }

  private text(schema: Schema, name: string): string {
    if (schema.format === 'uuid') return this.id(name);
    if (this.known[name] && chance(85)) return this.oneOf(name) ?? '';
    if (name === 'username') return `torture${randomInt(1e6)}`;
    if (name === 'code') return String(randomInt(1e9, 9e9));
    if (schema.format === 'date')
      return `2026-${String(randomInt(1, 13)).padStart(2, '0')}-${String(randomInt(1, 29)).padStart(2, '0')}`;
    if (schema.format === 'date-time') return new Date(Date.now() - randomInt(1e10)).toISOString();
    if (schema.pattern?.includes('{64}')) return this.oneOf('sha256') ?? 'ab'.repeat(32);
    if (schema.pattern?.includes('\\d{4}-\\d{2}')) return '2026-10';
    if (schema.pattern?.includes('{10}')) return `37${randomInt(1e7, 1e8)}`;
    return '督导记录，情况属实。'.slice(
      0,
      Math.max(schema.minLength ?? 1, Math.min(schema.maxLength ?? 10, 10)),
    );
  }

  /** Mostly an id of the noun that the field's name speaks of. */
  private id(name: string): string {
    const noun = NOUNS.find(([pattern]) => pattern.test(name))?.[1] ?? pick(Object.keys(this.known));
    return this.oneOf(noun) ?? randomUUID();
  }

  private oneOf(noun: string): string | undefined {
    const ids = this.known[noun] ?? [];
    return chance(85) && ids.length ? pick(ids) : undefined;
  }

  /** A valid value with one thing wrong somewhere. */
  mutated(schema: Schema): unknown {
    return this.mutate(this.valid(schema));
  }

  /** A copy of a value with one thing wrong somewhere. */
  mutate(valid: unknown): unknown {
    const value = structuredClone(valid);
    if (typeof value !== 'object' || value === null || chance(5)) return pick(HOSTILE);
    const spots: [Record<string, unknown>, string][] = [];
    const walk = (node: unknown) => {
      if (typeof node !== 'object' || node === null) return;
      for (const key of Object.keys(node)) {
        spots.push([node as Record<string, unknown>, key]);
        walk((node as Record<string, unknown>)[key]);
      }
    };
    walk(value);
    if (spots.length && chance(75)) {
      const [node, key] = pick(spots);
      if (chance(20)) delete node[key];
      else node[key] = pick(HOSTILE);
    } else if (!Array.isArray(value)) {
      (value as Record<string, unknown>)[pick(EXTRA_FIELDS)] = pick(HOSTILE);
    }
    return value;
  }

  /** A path or query value: mostly of the schema, sometimes hostile. */
  parameter(schema: Schema, name: string): string {
    const value = chance(80) ? this.valid(schema, name) : pick(HOSTILE);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.isWellFormed() ? text : '\ufffd';
  }
}
