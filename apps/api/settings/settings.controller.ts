import { Body, Controller, Get, Param, Patch, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { workingDayAfter } from '#core/directory/calendars.js';
import type { Ctx } from '#core/foundation/context.js';
import { changeSettings, showSettings } from '#core/settings/settings.js';
import { listCalendars, putCalendar, showCalendar } from '#core/settings/year-calendar.js';
import { invalid, problem } from '#rules/problems.js';
import { Allow, Context } from '../http/route.js';
import {
  CalendarDto,
  CalendarList,
  CalendarView,
  ChangeSettingsDto,
  DeadlineQueryDto,
  DeadlineView,
  SettingsView,
} from './settings.dto.js';

/** What is no year of ours names nothing. */
function yearOf(text: string): number {
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  if (year < 2000 || year > 2100) throw problem('resource.not_found', '年份应在 2000 至 2100 之间');
  return year;
}

@ApiTags('设置')
@Controller()
export class SettingsController {
  @Allow('settings.read')
  @Get('settings')
  @ApiOkResponse({ type: SettingsView })
  show(@Context() ctx: Ctx) {
    return showSettings(ctx);
  }

  @Allow('settings.write')
  @Patch('settings')
  @ApiOkResponse({ type: SettingsView })
  change(@Context() ctx: Ctx, @Body() body: ChangeSettingsDto) {
    return changeSettings(ctx, body);
  }

  @Allow('calendar.read')
  @Get('settings/calendars')
  @ApiOkResponse({ type: CalendarList })
  calendars(@Context() ctx: Ctx) {
    return listCalendars(ctx);
  }

  @Allow('calendar.read')
  @Get('settings/calendars/:year')
  @ApiOkResponse({ type: CalendarView })
  calendar(@Context() ctx: Ctx, @Param('year') year: string) {
    return showCalendar(ctx, yearOf(year));
  }

  @Allow('calendar.write')
  @Put('settings/calendars/:year')
  @ApiOkResponse({ type: CalendarView })
  putCalendar(@Context() ctx: Ctx, @Param('year') text: string, @Body() body: CalendarDto) {
    const year = yearOf(text);
    if (body.year !== undefined && body.year !== year)
      throw invalid({ pointer: '/year', code: 'other_year', message: '与地址中的年份不同' });
    const { title, documentNumber = null, issuedOn = null } = body.source;
    return putCalendar(ctx, {
      year,
      source: { title, documentNumber, issuedOn },
      holidays: body.holidays,
      workdays: body.workdays,
    });
  }

  /** The n-th working day after a day, with how it came about; beyond the calendar 422. */
  @Allow('calendar.read')
  @Get('calendar/deadline')
  @ApiOkResponse({ type: DeadlineView })
  async deadline(@Context() ctx: Ctx, @Query() { from, workingDays }: DeadlineQueryDto) {
    const { dueOn, explanation, skipped, makeUp } = await workingDayAfter(ctx, from, workingDays);
    return { from, workingDays, dueOn, explanation, skipped, makeUp };
  }
}
