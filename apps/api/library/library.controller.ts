import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { listItems, listPolicies, listTemplates } from '#core/library/list.js';
import { PageQueryDto } from '../http/fields.js';
import { Allow } from '../http/route.js';
import { ItemQueryDto, LibraryItemPage, PolicyPage, PolicyQueryDto, TemplatePage } from './library.dto.js';

@ApiTags('要点库')
@Controller()
export class LibraryController {
  /** The policies that items rest on. */
  @Allow('library.read')
  @Get('policies')
  @ApiOkResponse({ type: PolicyPage })
  policies(@Query() query: PolicyQueryDto) {
    return listPolicies(query);
  }

  /** The items (督导要点) of the library. */
  @Allow('library.read')
  @Get('checklist-items')
  @ApiOkResponse({ type: LibraryItemPage })
  items(@Query() query: ItemQueryDto) {
    return listItems(query);
  }

  /** The checklists that a district can take over: `POST /checklists {fromLibrary}`. */
  @Allow('library.read')
  @Get('checklist-templates')
  @ApiOkResponse({ type: TemplatePage })
  templates(@Query() query: PageQueryDto) {
    return listTemplates(query);
  }
}
