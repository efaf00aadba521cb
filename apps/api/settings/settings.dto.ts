import { MAX_WORKING_DAYS } from '#rules/calendar.js';
import { POLICY_PROFILES } from '#rules/library.js';
import { MOST_RECURRENCE_MONTHS } from '#rules/settings.js';
import { SCHOOL_SYSTEMS } from '#rules/stages.js';
import {
  Choice,
  DayField,
  Flag,
  Id,
  Int,
  JsonObject,
  Nested,
  NestedList,
  QueryInt,
  Text,
  Texts,
} from '../http/fields.js';

const DAYS = { optional: true, min: 1, max: 250 } as const;
const byItem = (what: string) =>
  JsonObject({ optional: true, description: `按要点编号：${what}；null 为取消` });

class DaysAllowedDto {
  @Int({ ...DAYS, description: '一般问题的整改工作日' }) minor?: number;
  @Int({ ...DAYS, description: '较重问题' }) major?: number;
  @Int({ ...DAYS, description: '严重问题' }) serious?: number;
  @Int({ ...DAYS, description: '立行立改' }) immediate?: number;
}
class OfficeDaysDto {
  @Int({ ...DAYS, description: '核验' }) verify?: number;
  @Int({ ...DAYS, description: '销号' }) close?: number;
  @Int({ ...DAYS, description: '答复申辩' }) objection?: number;
}
class ObjectionDaysDto {
  @Int({ ...DAYS, description: '现场反馈之后可以申辩的工作日' }) feedback?: number;
  @Int({ ...DAYS, description: '通知书送达之后' }) service?: number;
}
class OrdersDto {
  @Int({ ...DAYS, description: '逾期多少天起为橙色督办单' }) orangeAfter?: number;
  @Int({ ...DAYS, description: '逾期多少天起为红色督办单' }) redAfter?: number;
  @Int({ ...DAYS, description: '蓝色督办单的办结工作日' }) blueDays?: number;
  @Int({ ...DAYS, description: '橙色督办单' }) orangeDays?: number;
  @Int({ ...DAYS, description: '红色督办单' }) redDays?: number;
}
class TermDto {
  @Text({ max: 30 }) code: string;
  @Text({ max: 50 }) name: string;
  @DayField() from: string;
  @DayField() to: string;
}
class PasswordsDto {
  @Int({ optional: true, min: 8, max: 64, description: '最少字符数' }) minLength?: number;
  @Int({ optional: true, min: 1, max: 4, description: '至少几种字符' }) minKinds?: number;
  @Int({ optional: true, min: 0, max: 730, description: '多少天后须更换；0 为不限' }) maxAgeDays?: number;
}
/** A series stands before the year in brackets: 教督改〔2026〕1号. */
const SERIES = { max: 20, pattern: /^[^〔〕[\]0-9号]+$/, patternMessage: '不含年份、括号和“号”字' } as const;
class DocumentsDto {
  @Text({ optional: true, max: 50, description: '发文机关' }) issuer?: string;
  @Text({ ...SERIES, optional: true, description: '整改通知书字号' }) noticeSeries?: string;
  @Text({ ...SERIES, optional: true, description: '督办单字号' }) orderSeries?: string;
  @Text({ ...SERIES, optional: true, description: '通报字号' }) circularSeries?: string;
  @Text({ optional: true, max: 200, description: '通报主送' }) circularRecipients?: string;
  @Text({ optional: true, max: 200, empty: true, description: '抄送' }) copyTo?: string;
}

class DistrictDto {
  @Text({ optional: true, max: 6, pattern: /^[0-9]{6}$/, patternMessage: '应为 6 位行政区划代码' })
  code?: string;
  @Text({ optional: true, max: 50 }) name?: string;
}
export class ChangeSettingsDto {
  @Nested(() => DistrictDto, { optional: true, description: '区县的名称和代码' }) district?: DistrictDto;
  @Choice(SCHOOL_SYSTEMS, { optional: true }) schoolSystem?: (typeof SCHOOL_SYSTEMS)[number];
  @Choice(POLICY_PROFILES, { optional: true }) policyProfile?: string;
  @byItem('区县限值（一个，或按学段）') localLimits?: Record<string, unknown>;
  @byItem('一票否决 {scope}') veto?: Record<string, unknown>;
  @byItem('问题等级') severities?: Record<string, unknown>;
  @Nested(() => DaysAllowedDto, { optional: true }) daysAllowed?: DaysAllowedDto;
  @Nested(() => OfficeDaysDto, { optional: true }) officeDays?: OfficeDaysDto;
  @Nested(() => ObjectionDaysDto, { optional: true }) objectionDays?: ObjectionDaysDto;
  @Int({ optional: true, max: 10, description: '最多批准几次延期' }) maxExtensions?: number;
  @Nested(() => OrdersDto, { optional: true, description: '三色督办单' }) orders?: OrdersDto;
  @Int({ optional: true, min: 1, max: MOST_RECURRENCE_MONTHS, description: '多少个月内再现视为疑似反弹' })
  recurrenceMonths?: number;
  @Int({ optional: true, min: 1, max: 1000, description: '样本低于此数不显示百分比' }) minSample?: number;
  @NestedList(() => TermDto, { optional: true, max: 40 }) terms?: TermDto[];
  @Nested(() => PasswordsDto, { optional: true }) passwords?: PasswordsDto;
  @Nested(() => DocumentsDto, { optional: true }) documents?: DocumentsDto;
}
class DistrictView {
  @Id() id: string;
  @Text() code: string;
  @Text() name: string;
  @Flag() demo: boolean;
}
export class SettingsView extends ChangeSettingsDto {
  @Nested(() => DistrictView) declare district: DistrictView;
}

class CalendarSourceDto {
  @Text({ max: 200, description: '通知标题' }) title: string;
  @Text({ optional: true, nullable: true, max: 100, description: '文号' }) documentNumber?: string | null;
  @DayField({ optional: true, nullable: true }) issuedOn?: string | null;
}
class HolidayDto {
  @Text({ max: 30 }) name: string;
  @DayField() from: string;
  @DayField() to: string;
}
/** Days of work in exchange are plain texts here: `calendarFaults` words what is wrong with each. */
export class CalendarDto {
  @Int({ optional: true, min: 2000, max: 2100, description: '与地址中的年份相同' }) year?: number;
  @Nested(() => CalendarSourceDto) source: CalendarSourceDto;
  @NestedList(() => HolidayDto, { max: 60 }) holidays: HolidayDto[];
  @Texts({ max: 60, each: 10, description: '调休上班的周末' }) workdays: string[];
}
export class CalendarView extends CalendarDto {
  @Int() declare year: number;
  @Choice(['national', 'district'], { description: '国务院办公厅通知，或区县自行维护' }) edition: string;
}
export class CalendarList {
  @NestedList(() => CalendarView) items: CalendarView[];
}

export class DeadlineQueryDto {
  @DayField({ description: '当日不计' }) from: string;
  @QueryInt({ min: 1, max: MAX_WORKING_DAYS }) workingDays: number;
}
export class DeadlineView {
  @DayField() from: string;
  @Int() workingDays: number;
  @DayField() dueOn: string;
  @Text({ max: 2000, description: '这个日期是怎样算出来的' }) explanation: string;
  @NestedList(() => HolidayDto) skipped: HolidayDto[];
  @Texts({ description: '计入的调休上班日' }) makeUp: string[];
}
