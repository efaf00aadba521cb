import { DayField } from '../http/fields.js';

export class SummaryQueryDto {
  @DayField({ optional: true, description: '开始日期；不写为本学期第一天' }) from?: string;
  @DayField({ optional: true, description: '结束日期；不写为今天' }) to?: string;
}
