import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ConfigError, type S3Config } from './environment.js';
import { checkKey, exactly, type FileStore } from './file-store.js';

/**
 * Files in a bucket of an S3-compatible store. The bucket is made when it is missing and may be made.
 * @throws ConfigError when the keys are refused; a store that is merely down is not a reason not to start
 */
export async function s3Files(config: S3Config): Promise<FileStore> {
  // Loaded here because most installations use a folder, and this package is a large one.
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    endpoint: config.endpoint,
    region: config.region,
    credentials: { accessKeyId: config.accessKey, secretAccessKey: config.secretKey },
    // Names of buckets as host names need DNS that a bureau's own store does not have.
    forcePathStyle: true,
    // The newer checksums are unknown to many compatible stores; attachments carry their own SHA-256.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    // What fails is thrown, and logged by whoever asked; the package would print to the console.
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const Bucket = config.bucket;
  await checkBucket(client, sdk, Bucket);

  return {
    async put(key, body) {
      const Key = checkKey(key);
      if (body instanceof Uint8Array) {
        await client.send(
          new sdk.PutObjectCommand({ Bucket, Key, Body: body, ContentLength: body.byteLength }),
        );
        return;
      }
      // The client would wait for ever for the rest of a stream that failed: it has to be told.
      const broken = new AbortController();
      const Body = exactly(body.size);
      const passed = pipeline(body.stream, Body).catch((error) => broken.abort(error));
      try {
        const command = new sdk.PutObjectCommand({ Bucket, Key, Body, ContentLength: body.size });
        await client.send(command, { abortSignal: broken.signal });
      } catch (error) {
        Body.destroy();
        throw broken.signal.aborted ? broken.signal.reason : error;
      }
      await passed;
    },
    async get(key) {
      const answer = await client
        .send(new sdk.GetObjectCommand({ Bucket, Key: checkKey(key) }))
        .catch(absent);
      return answer?.Body as Readable | undefined;
    },
    async size(key) {
      const answer = await client
        .send(new sdk.HeadObjectCommand({ Bucket, Key: checkKey(key) }))
        .catch(absent);
      return answer?.ContentLength;
    },
    async delete(key) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: checkKey(key) }));
    },
    async *list(prefix) {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix });
      for await (const page of pages) {
        for (const { Key, Size } of page.Contents ?? []) if (Key) yield { key: Key, size: Size ?? 0 };
      }
    },
  };
}

async function checkBucket(client: S3Client, sdk: typeof import('@aws-sdk/client-s3'), Bucket: string) {
  try {
    const there = await client.send(new sdk.HeadBucketCommand({ Bucket })).catch(absent);
    if (!there) await client.send(new sdk.CreateBucketCommand({ Bucket }));
  } catch (error) {
    const status = statusOf(error);
    if (status === 409) return; // another process made it at the same moment
    if (status === 401 || status === 403) {
      throw new ConfigError(
        'S3_ACCESS_KEY',
        `无权使用存储桶 ${Bucket}`,
        `is refused by the bucket ${Bucket}`,
      );
    }
    if (status !== undefined && status < 500) {
      throw new ConfigError(
        'S3_BUCKET',
        `存储桶 ${Bucket} 不可用（${status}）`,
        `cannot be used (${status})`,
      );
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
}

function absent(error: unknown): undefined {
  if (statusOf(error) === 404) return undefined;
  throw error;
}
