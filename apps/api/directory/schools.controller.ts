import { Body, Controller, Get, HttpCode, Patch, Post, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { SCHOOL_COLUMNS } from '#core/directory/import-columns.js';
import { importSchools } from '#core/directory/import-schools.js';
import { listUnits, showUnit } from '#core/directory/units.js';
import { changeUnit, createUnit } from '#core/directory/write-unit.js';
import type { Ctx } from '#core/foundation/context.js';
import { readTable } from '#core/foundation/table-file.js';
import { renderImportTemplate } from '#documents/import-template.js';
import { SummaryQueryDto } from '../documents/summary.dto.js';
import { summaryPdf } from '../documents/summary.js';
import { IdParam } from '../http/id-param.js';
import { CSV, PDF, XLSX } from '../http/media-types.js';
import { once } from '../http/once.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, type DudaoRequest, Keyed, NoTransaction } from '../http/route.js';
import { contentOf, readUpload, TABLE_TYPES } from '../http/upload.js';
import {
  ChangeSchoolDto,
  ImportQueryDto,
  ImportView,
  NewSchoolDto,
  UnitPage,
  UnitQueryDto,
  UnitView,
} from './units.dto.js';

const MOST_BYTES = 10 * 1024 * 1024;
const FILE = { type: 'string', format: 'binary' } as const;

@ApiTags('单位')
@Controller('schools')
export class SchoolsController {
  @Allow('unit.read')
  @Get()
  @ApiOkResponse({ type: UnitPage })
  list(@Context() ctx: Ctx, @Query() query: UnitQueryDto) {
    return listUnits(ctx, 'school', query);
  }

  @Allow('unit.write')
  @Post()
  @ApiCreatedResponse({ type: UnitView })
  create(@Context() ctx: Ctx, @Body() body: NewSchoolDto) {
    return createUnit(ctx, 'school', body);
  }

  /** The register as XLSX or CSV (UTF-8 or GBK), as a form with one file or as the body itself: all or nothing. */
  @Allow('unit.import')
  @NoTransaction()
  @Keyed()
  @Post('import')
  @HttpCode(200)
  @ApiConsumes('multipart/form-data', XLSX, CSV)
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: FILE } } })
  @ApiOkResponse({ type: ImportView })
  async import(@Context() ctx: Ctx, @Req() request: DudaoRequest, @Query() query: ImportQueryDto) {
    const upload = await readUpload(request, { maxBytes: MOST_BYTES, types: TABLE_TYPES });
    const table = await readTable(upload.buffer, { ...upload, headerHas: '学校代码' });
    return once(ctx, request, 200, { content: contentOf(upload) }, (inner) =>
      importSchools(inner, table, query.mode ?? 'create'),
    );
  }

  /** The workbook to fill in. */
  @Allow('unit.import')
  @Get('import-template.xlsx')
  @ApiProduces(XLSX)
  @ApiOkResponse({ schema: FILE })
  async template() {
    return new Answer(await renderImportTemplate('学校', SCHOOL_COLUMNS), 200, {
      'content-type': XLSX,
      'content-disposition': `attachment; filename="schools.xlsx"; filename*=UTF-8''${encodeURIComponent('学校导入模板.xlsx')}`,
    });
  }

  @Allow('unit.read')
  @Get(':id')
  @ApiOkResponse({ type: UnitView })
  show(@Context() ctx: Ctx, @IdParam() id: string) {
    return showUnit(ctx, 'school', id);
  }

  @Allow('issue.read')
  @Get(':id/summary.pdf')
  @ApiProduces(PDF)
  @ApiOkResponse({ schema: FILE })
  summary(@Context() ctx: Ctx, @IdParam() id: string, @Query() period: SummaryQueryDto) {
    return summaryPdf(ctx, 'school', id, period);
  }

  @Allow('unit.write')
  @Patch(':id')
  @ApiOkResponse({ type: UnitView })
  change(@Context() ctx: Ctx, @IdParam() id: string, @Body() body: ChangeSchoolDto) {
    return changeUnit(ctx, 'school', id, body);
  }
}
