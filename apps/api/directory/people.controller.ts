import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { listPeople, showPerson } from '#core/directory/people.js';
import { changePerson, createPerson } from '#core/directory/write-person.js';
import type { Ctx } from '#core/foundation/context.js';
import { IdParam } from '../http/id-param.js';
import { Allow, Context } from '../http/route.js';
import { ChangePersonDto, NewPersonDto, PersonPage, PersonQueryDto, PersonView } from './people.dto.js';

@ApiTags('人员')
@Controller('users')
export class PeopleController {
  @Allow('user.read')
  @Get()
  @ApiOkResponse({ type: PersonPage })
  list(@Context() ctx: Ctx, @Query() query: PersonQueryDto) {
    return listPeople(ctx, query);
  }

  @Allow('user.write')
  @Post()
  @ApiCreatedResponse({ type: PersonView })
  create(@Context() ctx: Ctx, @Body() body: NewPersonDto) {
    return createPerson(ctx, body);
  }

  @Allow('user.read')
  @Get(':id')
  @ApiOkResponse({ type: PersonView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showPerson(ctx, id);
  }

  @Allow('user.write')
  @Patch(':id')
  @ApiOkResponse({ type: PersonView })
  change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangePersonDto) {
    return changePerson(ctx, id, body);
  }
}
