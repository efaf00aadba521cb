import { join } from 'node:path';
import type { Config } from './config.js';
import type { FileStore } from './file-store.js';
import { localFiles } from './local-files.js';
import { s3Files } from './s3-files.js';

export { checkKey, type FileBody, type FileStore, fileBody, readWhole } from './file-store.js';

/** The store that the configuration names: S3_* or `DATA_DIR/files`. @throws ConfigError when it cannot be used */
export async function openFiles(config: Pick<Config, 'dataDir' | 's3'>): Promise<FileStore> {
  return config.s3 ? s3Files(config.s3) : localFiles(localFilesFolder(config));
}

/** Where the files lie unless S3_* names a bucket. */
export const localFilesFolder = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'files');
