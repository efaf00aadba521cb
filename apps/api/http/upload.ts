import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { chunksOf } from '#core/foundation/incoming.js';
import { Problem, problem } from '#rules/problems.js';
import { CSV, XLS, XLSX } from './media-types.js';

export type Upload = { buffer: Buffer; filename: string | undefined; mediaType: string };

/** The SHA-256 of an uploaded file (hexadecimal): what tells a repeat from another request under the same key. */
export const contentOf = ({ buffer }: Upload): string => createHash('sha256').update(buffer).digest('hex');

/** Media types of uploaded tables; the bytes decide in the end (core/foundation/table-file.ts). */
export const TABLE_TYPES = [XLSX, CSV, 'text/plain', XLS, 'application/octet-stream'] as const;

/**
 * The one file of a request, as a form (multipart/form-data) or as the body itself, whole in memory: for files of a few
 * megabytes. Use it in a route with @NoTransaction, so that a slow sender holds no connection of the database.
 * @throws request.too_large (413), request.unsupported_type (415), request.invalid (400) where there is no file
 */
export async function readUpload(
  request: FastifyRequest,
  options: { maxBytes: number; types: readonly string[] },
): Promise<Upload> {
  if (request.isMultipart()) {
    try {
      return await readForm(request, options);
    } catch (error) {
      // The parser of forms throws bare errors: a form that breaks off or has no proper head.
      if (error instanceof Problem || 'statusCode' in (error as Error)) throw error;
      throw problem('request.malformed', { detail: '上传的表单不完整，请重新上传', cause: error });
    }
  }
  const mediaType = bare(request.headers['content-type'] ?? '');
  requireType(mediaType, options.types);
  const body: unknown = request.body;
  if (typeof body === 'string') return { buffer: Buffer.from(body), filename: undefined, mediaType };
  if (typeof body !== 'object' || body === null || !('pipe' in body))
    throw problem('request.invalid', noFile);
  return { buffer: await collect(body as Readable, options.maxBytes), filename: undefined, mediaType };
}

async function readForm(
  request: FastifyRequest,
  options: { maxBytes: number; types: readonly string[] },
): Promise<Upload> {
  const part = await request.file({ limits: { fileSize: options.maxBytes + 1 } });
  if (!part) throw problem('request.invalid', noFile);
  const mediaType = bare(part.mimetype);
  const buffer = await collect(part.file, options.maxBytes);
  requireType(mediaType, options.types);
  return { buffer, filename: part.filename, mediaType };
}

const noFile = {
  detail: '请附上要导入的文件',
  errors: [{ pointer: '/file', code: 'is_missing', message: '请附上要导入的文件' }],
};
const bare = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase();

function requireType(type: string, allowed: readonly string[]): void {
  if (!allowed.includes(type)) throw problem('request.unsupported_type', '请用 XLSX 或 CSV 文件');
}

/** Whole, or refused as soon as it is known to be too large. */
async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(stream)) {
    size += chunk.length;
    if (size > maxBytes)
      throw problem('request.too_large', `文件最大 ${Math.floor(maxBytes / 1024 / 1024)} MB`);
    chunks.push(chunk);
  }
  if (size === 0) throw problem('request.invalid', noFile);
  return Buffer.concat(chunks);
}
