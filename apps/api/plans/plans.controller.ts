import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Ctx } from '#core/foundation/context.js';
import { changePlan, draftPlan } from '#core/plans/draft.js';
import { launchPlan } from '#core/plans/launch.js';
import { listPlans, showPlan, viewPlan } from '#core/plans/show.js';
import { IdParam } from '../http/id-param.js';
import { Allow, Context } from '../http/route.js';
import { ChangePlanDto, NewPlanDto, PlanPage, PlanQueryDto, PlanView } from './plans.dto.js';

@ApiTags('督导计划')
@Controller('plans')
export class PlansController {
  @Allow('plan.read')
  @Get()
  @ApiOkResponse({ type: PlanPage })
  list(@Context() ctx: Ctx, @Query() query: PlanQueryDto) {
    return listPlans(ctx, query);
  }

  @Allow('plan.write')
  @Post()
  @ApiCreatedResponse({ type: PlanView })
  async create(@Context() ctx: Ctx, @Body() body: NewPlanDto) {
    return viewPlan(ctx, await draftPlan(ctx, body));
  }

  @Allow('plan.read')
  @Get(':id')
  @ApiOkResponse({ type: PlanView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showPlan(ctx, id);
  }

  @Allow('plan.write')
  @Patch(':id')
  @ApiOkResponse({ type: PlanView })
  async change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangePlanDto) {
    return viewPlan(ctx, await changePlan(ctx, id, body));
  }

  /** Makes the inspections, one for each visit. */
  @Allow('plan.write')
  @Post(':id/launch')
  @HttpCode(200)
  @ApiOkResponse({ type: PlanView })
  async launch(@Context() ctx: Ctx, @IdParam() id: string) {
    return viewPlan(ctx, await launchPlan(ctx, id));
  }
}
