import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Validate, ValidateIf, ValidatorConstraint } from 'class-validator';
import type { GivenOperation } from '#rules/answer-check.js';
import { VERDICTS } from '#rules/answers.js';
import { EXTENTS, INSPECTION_KINDS } from '#rules/library.js';
import { STAGES } from '#rules/stages.js';
import { isTimeOfDay } from '#rules/times.js';
import {
  Choice,
  DayField,
  Hashes,
  Id,
  Ids,
  Instant,
  Int,
  NestedList,
  Num,
  PageQueryDto,
  Sha256,
  Text,
} from '../http/fields.js';

const STATUSES = ['assigned', 'in_progress', 'submitted', 'archived', 'cancelled'] as const;
type Kind = (typeof INSPECTION_KINDS)[number];

export class InspectionQueryDto extends PageQueryDto {
  @Choice(STATUSES, { optional: true }) status?: (typeof STATUSES)[number];
  @Id({ optional: true }) unitId?: string;
  @Id({ optional: true }) planId?: string;
  @Choice(['me'], { optional: true, description: '只列本人参加的检查' }) assignedTo?: 'me';
  @Choice(INSPECTION_KINDS, { optional: true }) kind?: Kind;
  @DayField({ optional: true, description: '计划日期不早于' }) from?: string;
  @DayField({ optional: true, description: '计划日期不晚于' }) to?: string;
}

export class HeadDto {
  @Id() unitId: string;
  @Id() checklistId: string;
  @Choice(INSPECTION_KINDS) kind: Kind;
  @DayField() scheduledOn: string;
  @Ids({ min: 1, max: 30, description: '检查组成员' }) team: string[];
  @Id({ description: '组长，应在检查组内' }) leadId: string;
}

@ValidatorConstraint({ name: 'figure' })
class FigureRule {
  validate = (value: unknown) => (typeof value === 'number' && Math.abs(value) <= 1e9) || isTimeOfDay(value);
  defaultMessage = () => '应为数值，或 HH:MM 形式的时刻';
}
/** A number in the item's unit, or a time of day. */
const Figure = () =>
  applyDecorators(
    ApiProperty({
      required: false,
      oneOf: [
        { type: 'number', minimum: -1e9, maximum: 1e9 },
        { type: 'string', pattern: '^[0-2][0-9]:[0-5][0-9]$' },
      ],
    }),
    ValidateIf((_, value) => value !== undefined),
    Validate(FigureRule),
  );

export class MeasureDto {
  @Choice(STAGES, { optional: true }) stage?: (typeof STAGES)[number];
  @Int({ optional: true, min: 1, max: 12 }) grade?: number;
  @Text({ optional: true, empty: true, max: 50, description: '班级、作业本等' }) label?: string;
  @Figure() value?: number | string;
  @Num({ optional: true, min: 0 }) numerator?: number;
  @Num({ optional: true, min: 0 }) denominator?: number;
}

export class OperationDto implements GivenOperation {
  @Id({ description: '由客户端生成，重复提交不重复计入' }) operationId: string;
  @Text({ max: 20 }) itemCode: string;
  @Choice(VERDICTS) verdict: (typeof VERDICTS)[number];
  @NestedList(() => MeasureDto, { optional: true, max: 100 }) measures?: MeasureDto[];
  @Text({ optional: true, max: 1000, empty: true, description: '不适用、或与实测结论不一致时必填' })
  reason?: string;
  @Choice(EXTENTS, { optional: true }) extent?: (typeof EXTENTS)[number];
  @Text({ optional: true, max: 4000, empty: true }) note?: string;
  @Hashes({ optional: true }) attachments?: string[];
  @Instant({ description: '填报终端的时钟' }) answeredAt: string;
  @Int({ optional: true, description: '填报时所见的该要点版本，未见过为 0' }) baseRevision?: number;
}

export class SyncDto {
  @NestedList(() => OperationDto, { max: 500 }) operations: OperationDto[];
  @Instant({ optional: true, description: '发送时终端的时钟，用于校正时差' }) sentAt?: string;
}

export class DispositionDto {
  @Text({ max: 20 }) itemCode: string;
  @Choice(['issue', 'found_again', 'reminder']) as: 'issue' | 'found_again' | 'reminder';
  @Id({ optional: true, description: '并入的已有问题' }) issueId?: string;
  @Text({ optional: true, max: 1000, description: '现场提醒的理由' }) reason?: string;
}

export class SignatureDto {
  @Choice(['lead', 'member', 'unit']) role: 'lead' | 'member' | 'unit';
  @Text({ max: 50 }) name: string;
  @Sha256({ optional: true, description: '手写签名图片' }) attachment?: string;
  @Instant({ optional: true }) signedAt?: string;
}

export class SubmissionDto {
  @Text({ max: 10_000 }) summary: string;
  @Text({ optional: true, max: 10_000 }) strengths?: string;
  @NestedList(() => SignatureDto, { optional: true, max: 30 }) signatures?: SignatureDto[];
  @NestedList(() => DispositionDto, { optional: true, max: 500 }) dispositions?: DispositionDto[];
}

export class AmendmentDto {
  @Text({ max: 1000 }) reason: string;
  @NestedList(() => OperationDto, { min: 1, max: 500 }) operations: OperationDto[];
}

export class CancellationDto {
  @Text({ max: 1000 }) reason: string;
}
