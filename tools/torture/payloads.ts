import { randomInt, randomUUID } from 'node:crypto';

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

export class Payloads {
  /** `known` are ids and codes of things that are there, so that payloads get past the first door. */
  constructor(
    private readonly schemas: Record<string, Schema>,
    private readonly known: readonly string[],
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
  valid(given: Schema, depth = 0): unknown {
    const schema = this.resolve(given);
    const choice = schema.oneOf ?? schema.anyOf;
    if (choice?.length) return this.valid(pick(choice), depth);
    if (schema.enum?.length) return pick(schema.enum);
    const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type;
    if (type === 'null') return null;
    if (type === 'integer')
      return randomInt(
        schema.minimum ?? 0,
        Math.min(schema.maximum ?? 1000, (schema.minimum ?? 0) + 1000) + 1,
      );
    if (type === 'number') return Math.round(Math.random() * 1000) / 10;
    if (type === 'boolean') return chance(50);
    if (type === 'array') {
      const count = depth > 3 ? 0 : randomInt(schema.minItems ?? 0, Math.max(schema.minItems ?? 0, 2) + 1);
      return Array.from({ length: count }, () => this.valid(schema.items ?? {}, depth + 1));
    }
    if (type === 'object' || schema.properties) {
      const entries = Object.entries(schema.properties ?? {}).filter(
        ([name]) => schema.required?.includes(name) || chance(50),
      );
      return Object.fromEntries(entries.map(([name, value]) => [name, this.valid(value, depth + 1)]));
    }
    if (type === 'string') return this.text(schema);
    return pick(HOSTILE);
  }

  private text(schema: Schema): string {
    if (schema.format === 'uuid') return chance(70) && this.known.length ? pick(this.known) : randomUUID();
    if (schema.format === 'date')
      return `2026-${String(randomInt(1, 13)).padStart(2, '0')}-${String(randomInt(1, 29)).padStart(2, '0')}`;
    if (schema.format === 'date-time') return new Date(Date.now() - randomInt(1e10)).toISOString();
    if (schema.pattern?.includes('{64}')) return 'ab'.repeat(32);
    if (schema.pattern?.includes('\\d{4}-\\d{2}')) return '2026-10';
    if (schema.pattern?.includes('{10}')) return '3702030001';
    return '督导记录，情况属实。'.slice(
      0,
      Math.max(schema.minLength ?? 1, Math.min(schema.maxLength ?? 10, 10)),
    );
  }

  /** A valid value with one thing wrong somewhere. */
  mutated(schema: Schema): unknown {
    const value = structuredClone(this.valid(schema));
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
  parameter(schema: Schema): string {
    const value = chance(75) ? this.valid(schema) : pick(HOSTILE);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.isWellFormed() ? text : '\ufffd';
  }
}
