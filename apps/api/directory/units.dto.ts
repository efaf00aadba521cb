import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Validate, ValidateIf, ValidatorConstraint } from 'class-validator';
import { MOST_PUPILS } from '#core/directory/unit.entity.js';
import { STAGES, type Stage } from '#rules/stages.js';
import {
  Choice,
  Choices,
  Count,
  DayField,
  Flag,
  Id,
  Int,
  NestedList,
  PageQueryDto,
  QueryFlag,
  Text,
} from '../http/fields.js';

const KINDS = ['school', 'training_institution', 'department'] as const;
const OWNERSHIPS = ['public', 'private'] as const;
const CODE = /^[0-9A-Za-z][0-9A-Za-z-]{0,31}$/;

@ValidatorConstraint({ name: 'pupils' })
class PupilsRule {
  validate = (value: unknown) => {
    const isCount = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= MOST_PUPILS;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return isCount(value);
    return Object.entries(value).every(([grade, n]) => /^([1-9]|1[0-2])$/.test(grade) && isCount(n));
  };
  defaultMessage = () => '应为学生总数，或以年级（1 至 12）为名的各年级人数';
}
/** Pupils by grade (`{"1": 120, "2": 115}`), or in all where grades are not known. */
const Pupils = () =>
  applyDecorators(
    ApiProperty({
      required: false,
      description: '各年级学生数（年级 1 至 12），或总数',
      example: { 1: 120, 2: 115 },
      oneOf: [
        {
          type: 'object',
          additionalProperties: { type: 'integer', minimum: 0, maximum: MOST_PUPILS },
        },
        { type: 'integer', minimum: 0, maximum: MOST_PUPILS },
      ],
    }),
    ValidateIf((_, value) => value !== undefined),
    Validate(PupilsRule),
  );

const SCHOOL_CODE = { pattern: /^[0-9]{10}$/, patternMessage: '学校代码应为 10 位数字', max: 10 };
const UNIT_CODE = { pattern: CODE, patternMessage: '代码由字母、数字和连字符组成', max: 32 };

export class UnitView {
  @Id() id: string;
  @Choice(KINDS) kind: (typeof KINDS)[number];
  @Text() code: string;
  @Text() name: string;
  @Choices(STAGES) stages: Stage[];
  @Choice(OWNERSHIPS, { nullable: true }) ownership: (typeof OWNERSHIPS)[number] | null;
  @Flag() boarding: boolean;
  @Id({ nullable: true }) zoneId: string | null;
  @Pupils() pupils: Record<string, number> | number;
  @Text({ nullable: true }) address: string | null;
  @DayField({ nullable: true }) openedOn: string | null;
  @DayField({ nullable: true, description: '停办日期；单位不删除' }) closedOn: string | null;
}
export class UnitPage {
  @NestedList(() => UnitView) items: UnitView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
export class UnitQueryDto extends PageQueryDto {
  @Id({ optional: true }) zoneId?: string;
  @Choice(STAGES, { optional: true }) stage?: Stage;
  @Text({ optional: true, max: 100, description: '在名称、代码中查找' }) q?: string;
  @QueryFlag({ optional: true, description: '只看已停办（true）或在办（false）的' }) closed?: boolean;
}

class UnitFields {
  @Choices(STAGES, { optional: true }) stages?: Stage[];
  @Choice(OWNERSHIPS, { optional: true, nullable: true }) ownership?: (typeof OWNERSHIPS)[number] | null;
  @Flag({ optional: true }) boarding?: boolean;
  @Pupils() pupils?: Record<string, number> | number;
  @Text({ optional: true, nullable: true }) address?: string | null;
  @DayField({ optional: true, nullable: true }) openedOn?: string | null;
}
export class NewSchoolDto extends UnitFields {
  @Text(SCHOOL_CODE) code: string;
  @Text({ max: 100 }) name: string;
  @Choices(STAGES, { min: 1 }) declare stages: Stage[];
  @Id() zoneId: string;
}
export class ChangeSchoolDto extends UnitFields {
  @Text({ ...SCHOOL_CODE, optional: true }) code?: string;
  @Text({ max: 100, optional: true }) name?: string;
  @Choices(STAGES, { min: 1, optional: true }) declare stages?: Stage[];
  @Id({ optional: true }) zoneId?: string;
  @DayField({ optional: true, nullable: true }) closedOn?: string | null;
}
export class NewInstitutionDto extends UnitFields {
  @Text({ ...UNIT_CODE, optional: true }) code?: string;
  @Text({ max: 100 }) name: string;
  @Id({ optional: true, nullable: true }) zoneId?: string | null;
}
export class ChangeInstitutionDto extends UnitFields {
  @Text({ ...UNIT_CODE, optional: true }) code?: string;
  @Text({ max: 100, optional: true }) name?: string;
  @Id({ optional: true, nullable: true }) zoneId?: string | null;
  @DayField({ optional: true, nullable: true }) closedOn?: string | null;
}
export class NewDepartmentDto {
  @Text({ ...UNIT_CODE, optional: true }) code?: string;
  @Text({ max: 100 }) name: string;
}
export class ChangeDepartmentDto {
  @Text({ ...UNIT_CODE, optional: true }) code?: string;
  @Text({ max: 100, optional: true }) name?: string;
  @DayField({ optional: true, nullable: true }) closedOn?: string | null;
}

export class ZoneView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @DayField({ nullable: true }) closedOn: string | null;
  @Int({ description: '在办学校数' }) schools: number;
}
export class ZonePage {
  @NestedList(() => ZoneView) items: ZoneView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
export class ZoneQueryDto extends PageQueryDto {
  @Text({ optional: true, max: 100, description: '在名称、代码中查找' }) q?: string;
  @QueryFlag({ optional: true }) closed?: boolean;
}
export class NewZoneDto extends NewDepartmentDto {}
export class ChangeZoneDto extends ChangeDepartmentDto {}

export class ImportQueryDto {
  @Choice(['create', 'upsert'], {
    optional: true,
    description: 'create：代码已登记的报告出来（默认）；upsert：更新已登记的学校',
  })
  mode?: 'create' | 'upsert';
}
export class ImportView {
  @Int() total: number;
  @Int() created: number;
  @Int() updated: number;
  @Int() unchanged: number;
}
