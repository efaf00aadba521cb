import type { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, type PipeTransform, Put, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EXTENSION, MEDIA_TYPES } from '#core/attachments/formats.js';
import { takeRoom } from '#core/attachments/quota.js';
import { findReadable, findThumbnail, type OpenableAttachment } from '#core/attachments/read.js';
import { MOST_BYTES, tooLarge } from '#core/attachments/receive.js';
import { nameAttachment, storeAttachment } from '#core/attachments/store.js';
import type { Ctx } from '#core/foundation/context.js';
import { matches } from '#core/foundation/etag.js';
import type { Config } from '#platform/config.js';
import type { FileStore } from '#platform/files.js';
import { problem } from '#rules/problems.js';
import { once } from '../http/once.js';
import { Answer } from '../http/reply.js';
import { Allow, Context, type DudaoRequest, Keyed, NoTransaction } from '../http/route.js';
import { CONFIG, FILES } from '../http/tokens.js';
import { AttachmentView } from './attachments.dto.js';

const BINARY = { schema: { type: 'string', format: 'binary' } };

/** A SHA-256 in lower-case hex; anything else names nothing, and never becomes part of a path. */
class ExistingHash implements PipeTransform {
  transform(value: unknown): string {
    if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
    throw problem('resource.not_found', '附件的地址应为 64 位小写十六进制的 SHA-256');
  }
}
const HashParam = () => Param('sha256', new ExistingHash());

@ApiTags('附件')
@Controller('attachments')
export class AttachmentsController {
  constructor(
    @Inject(FILES) private readonly files: FileStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** 201 the first time a person brings a file, 200 when it comes again; under the first one's Idempotency-Key 201 again. */
  @Allow('attachment.write')
  @NoTransaction()
  @Keyed()
  @Put(':sha256')
  @ApiConsumes(...MEDIA_TYPES, 'application/octet-stream')
  @ApiBody(BINARY)
  @ApiOkResponse({ type: AttachmentView })
  @ApiCreatedResponse({ type: AttachmentView })
  async store(@Context() ctx: Ctx, @HashParam() sha256: string, @Req() request: DudaoRequest) {
    const body = bodyOf(request);
    const size = Number(request.headers['content-length'] ?? MOST_BYTES);
    await takeRoom(ctx, size, this.config.uploadBytesPerDay);
    const attachment = await storeAttachment(
      ctx,
      this.files,
      sha256,
      (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase(),
      body,
    );
    return once(ctx, request, 201, { content: sha256 }, async (inner) => {
      const first = await nameAttachment(inner, attachment);
      return new Answer(attachment, first ? 201 : 200);
    });
  }

  @Allow('attachment.read')
  @Get(':sha256')
  @ApiProduces(...MEDIA_TYPES)
  @ApiOkResponse(BINARY)
  async show(@Context() ctx: Ctx, @HashParam() sha256: string, @Req() request: FastifyRequest) {
    return answer(request, sha256, await findReadable(ctx, this.files, sha256));
  }

  @Allow('attachment.read')
  @Get(':sha256/thumbnail')
  @ApiProduces('image/jpeg')
  @ApiOkResponse(BINARY)
  async thumbnail(@Context() ctx: Ctx, @HashParam() sha256: string, @Req() request: FastifyRequest) {
    return answer(request, sha256, await findThumbnail(ctx, this.files, sha256));
  }
}

/** @throws attachment.too_large before a byte is read, where the length says so; attachment.unsupported for JSON and forms */
function bodyOf(request: FastifyRequest): Readable {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const body: unknown = request.body;
  if (typeof body === 'object' && body !== null && 'pipe' in body) return body as Readable;
  throw problem('attachment.unsupported', '请直接以图片或 PDF 的内容作为请求正文');
}

/** Asked anew each time, for rights may end; the bytes themselves never change. */
async function answer(request: FastifyRequest, sha256: string, found: OpenableAttachment): Promise<Answer> {
  const headers = { etag: found.etag, 'cache-control': 'private, no-cache' };
  const known = request.headers['if-none-match'];
  if (known && matches(known, found.etag)) return new Answer(undefined, 304, headers);
  const { body, mediaType, size } = await found.open();
  return new Answer(body, 200, {
    ...headers,
    'content-type': mediaType,
    'content-length': String(size),
    'content-disposition': `inline; filename="${sha256.slice(0, 12)}.${EXTENSION[mediaType]}"`,
    'content-security-policy': "default-src 'none'; sandbox",
  });
}
