/**
 * One line per field of a request or answer: what is validated is what OpenAPI says. Messages are Chinese.
 * Every field takes `optional`; `nullable` means null is sent or taken.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { isDay, isMonth } from '#rules/local-date.js';
import { VISIBLE } from '#rules/visible-text.js';

type Common = { optional?: boolean; nullable?: boolean; description?: string; example?: unknown };
type Class = abstract new (...args: never[]) => object;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const HASH = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Absent is fine where optional; null only where nullable. */
function field(common: Common, api: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const presence: PropertyDecorator[] = [];
  if (common.optional && common.nullable) presence.push(IsOptional());
  else if (common.optional) presence.push(ValidateIf((_, value) => value !== undefined));
  else if (common.nullable) presence.push(ValidateIf((_, value) => value !== null));
  return applyDecorators(
    ApiProperty({
      ...api,
      required: !common.optional,
      ...(common.nullable ? { nullable: true } : {}),
      ...(common.description ? { description: common.description } : {}),
      ...(common.example !== undefined ? { example: common.example } : {}),
    } as ApiPropertyOptions),
    ...presence,
    ...rules,
  );
}

/** Text of at least one visible character; `max` in characters (default 200). */
export const Text = (
  o: Common & { max?: number; pattern?: RegExp; patternMessage?: string; empty?: boolean } = {},
) => {
  const max = o.max ?? 200;
  return field(
    o,
    {
      type: 'string',
      maxLength: max,
      ...(o.empty ? {} : { minLength: 1 }),
      ...(o.pattern ? { pattern: o.pattern.source } : {}),
    },
    IsString({ message: '应为文字' }),
    MaxLength(max, { message: `最多 ${max} 个字` }),
    ...(o.empty ? [] : [Matches(VISIBLE, { message: '不能为空' })]),
    ...(o.pattern ? [Matches(o.pattern, { message: o.patternMessage ?? '格式有误' })] : []),
  );
};
/** A UUID of any version of RFC 9562, kept in lower case. */
export const Id = (o: Common = {}) =>
  field(
    o,
    { type: 'string', format: 'uuid' },
    Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    Matches(UUID, { message: '应为 UUID' }),
  );
export const Sha256 = (o: Common = {}) =>
  field(
    o,
    { type: 'string', pattern: HASH.source },
    Matches(HASH, { message: '应为 64 位小写十六进制的 SHA-256' }),
  );
export const Choice = (values: readonly string[], o: Common = {}) =>
  field(o, { type: 'string', enum: [...values] }, IsIn(values, { message: `只能是 ${values.join('、')}` }));
export const Int = (o: Common & { min?: number; max?: number } = {}) =>
  field(
    o,
    { type: 'integer', minimum: o.min ?? 0, maximum: o.max ?? 2_147_483_647 },
    IsInt({ message: '应为整数' }),
    Min(o.min ?? 0, { message: `不小于 ${o.min ?? 0}` }),
    Max(o.max ?? 2_147_483_647, { message: `不大于 ${o.max ?? 2_147_483_647}` }),
  );
export const Num = (o: Common & { min?: number; max?: number } = {}) =>
  field(
    o,
    { type: 'number', minimum: o.min ?? -1e9, maximum: o.max ?? 1e9 },
    IsNumber({ allowNaN: false, allowInfinity: false }, { message: '应为数值' }),
    Min(o.min ?? -1e9, { message: `不小于 ${o.min ?? -1e9}` }),
    Max(o.max ?? 1e9, { message: `不大于 ${o.max ?? 1e9}` }),
  );
export const Flag = (o: Common = {}) =>
  field(o, { type: 'boolean' }, IsBoolean({ message: '应为 true 或 false' }));

@ValidatorConstraint({ name: 'day' })
class DayRule {
  validate = (value: unknown) => isDay(value);
  defaultMessage = () => '应为真实的日期，形如 2026-11-20';
}
@ValidatorConstraint({ name: 'month' })
class MonthRule {
  validate = (value: unknown) => isMonth(value);
  defaultMessage = () => '应为月份，形如 2026-11';
}
@ValidatorConstraint({ name: 'instant' })
class InstantRule {
  validate = (value: unknown) => {
    if (typeof value !== 'string' || !INSTANT.test(value) || !isDay(value.slice(0, 10))) return false;
    const time = Date.parse(value);
    return Number.isFinite(time) && time >= Date.UTC(1900, 0, 1) && time < Date.UTC(10_000, 0, 1);
  };
  defaultMessage = () => '应为带时区的 ISO 8601 时刻';
}
/** A local day of the district, YYYY-MM-DD. */
export const DayField = (o: Common = {}) => field(o, { type: 'string', format: 'date' }, Validate(DayRule));
/** YYYY-MM. */
export const MonthField = (o: Common = {}) =>
  field(o, { type: 'string', pattern: '^\\d{4}-\\d{2}$' }, Validate(MonthRule));
/** An instant, ISO 8601 with zone; stays text (`new Date(text)` where it is used). */
export const Instant = (o: Common = {}) =>
  field(o, { type: 'string', format: 'date-time' }, Validate(InstantRule));

type Many = Common & { min?: number; max?: number; unique?: boolean };
const many = (o: Many) => [
  IsArray({ message: '应为列表' }),
  ArrayMinSize(o.min ?? 0, { message: `至少 ${o.min ?? 0} 项` }),
  ArrayMaxSize(o.max ?? 200, { message: `最多 ${o.max ?? 200} 项` }),
  ...(o.unique ? [ArrayUnique({ message: '不能重复' })] : []),
];
const sizes = (o: Many) => ({
  minItems: o.min ?? 0,
  maxItems: o.max ?? 200,
  ...(o.unique ? { uniqueItems: true } : {}),
});
export const Texts = (o: Many & { each?: number } = {}) =>
  field(
    o,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: o.each ?? 200 }, ...sizes(o) },
    ...many(o),
    IsString({ each: true, message: '各项应为文字' }),
    IsNotEmpty({ each: true, message: '各项不能为空' }),
    MaxLength(o.each ?? 200, { each: true, message: `各项最多 ${o.each ?? 200} 个字` }),
  );
export const Ids = (o: Many = {}) =>
  field(
    o,
    { type: 'array', items: { type: 'string', format: 'uuid' }, ...sizes({ ...o, unique: true }) },
    Transform(({ value }) =>
      Array.isArray(value) ? value.map((v: unknown) => (typeof v === 'string' ? v.toLowerCase() : v)) : value,
    ),
    ...many({ ...o, unique: true }),
    Matches(UUID, { each: true, message: '各项应为 UUID' }),
  );
/** SHA-256 of attachments that the writer has uploaded. */
export const Hashes = (o: Many = {}) =>
  field(
    o,
    {
      type: 'array',
      items: { type: 'string', pattern: HASH.source },
      ...sizes({ max: 20, ...o, unique: true }),
    },
    ...many({ max: 20, ...o, unique: true }),
    Matches(HASH, { each: true, message: '各项应为 64 位小写十六进制的 SHA-256' }),
  );
export const Choices = (values: readonly string[], o: Many = {}) =>
  field(
    o,
    { type: 'array', items: { type: 'string', enum: [...values] }, ...sizes({ ...o, unique: true }) },
    ...many({ ...o, unique: true }),
    IsIn(values, { each: true, message: `只能是 ${values.join('、')}` }),
  );
export const Nested = (of: () => Class, o: Common = {}) =>
  field(
    o,
    { type: () => of() as new () => object },
    IsObject({ message: '应为对象' }),
    ValidateNested(),
    Type(of as () => new () => object),
  );
export const NestedList = (of: () => Class, o: Many = {}) =>
  field(
    o,
    { type: () => of() as new () => object, isArray: true, ...sizes(o) },
    ...many(o),
    IsObject({ each: true, message: '各项应为对象' }),
    ValidateNested({ each: true }),
    Type(of as () => new () => object),
  );
/** A free JSON object whose shape another rule checks (`rule`), e.g. pupils by grade. */
export const JsonObject = (o: Common & { rules?: PropertyDecorator[] } = {}) =>
  field(
    o,
    { type: 'object', additionalProperties: true },
    IsObject({ message: '应为对象' }),
    ...(o.rules ?? []),
  );

/** Query parameters arrive as text: `limit`, flags and numbers are read from it. */
export const QueryInt = (o: Common & { min?: number; max?: number } = {}) =>
  applyDecorators(
    Transform(({ value }) =>
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    Int(o),
  );
export const QueryFlag = (o: Common = {}) =>
  applyDecorators(
    Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value)),
    Flag(o),
  );

/** `count` of a page: `?count=true` counts up to 10,000. */
export const Count = () =>
  ApiProperty({
    required: false,
    description: '总数；超过 10000 时为 "10000+"',
    oneOf: [{ type: 'integer' }, { type: 'string', enum: ['10000+'] }],
  });

/** `?limit=&cursor=&count=` of every list. */
export class PageQueryDto {
  @QueryInt({ optional: true, min: 1, max: 200, description: '每页条数，默认 50' }) limit?: number;
  @Text({ optional: true, max: 500, description: '上一页的 nextCursor' }) cursor?: string;
  @QueryFlag({ optional: true, description: '同时给出总数（最多数到 10000）' }) count?: boolean;
}
