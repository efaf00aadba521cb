import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { Public } from '../http/route.js';
import { problemsPage, referencePage } from './page.js';
import { Reference } from './reference.js';

@Controller('openapi.json')
export class OpenApiController {
  constructor(private readonly reference: Reference) {}

  /** The document of what is served. */
  @Public()
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  @Get()
  document() {
    return this.reference.document;
  }
}

const HTML = 'text/html; charset=utf-8';
/** The pages bring their own style and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

@Controller('api/docs')
export class DocsController {
  constructor(private readonly reference: Reference) {}

  /** The reference to read. */
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  @Get()
  read() {
    return Buffer.from(referencePage(this.reference.document));
  }

  /** Where the `type` of every problem points. */
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  @Get('problems')
  problems() {
    return Buffer.from(problemsPage());
  }
}
