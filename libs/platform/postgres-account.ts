import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, StartError } from './processes.js';

/** Who PostgreSQL runs as: it refuses root. */
export interface Account {
  uid: number;
  gid: number;
  /** Whether that is another account than ours. */
  switches: boolean;
  /** The command that runs a program as that account, ending with this process. */
  command(file: string, args: string[]): Command;
}

/** System accounts that root may lend, in this order; initdb insists on one that /etc/passwd knows. */
const CANDIDATES = ['postgres', 'dudao', 'nobody'];

/**
 * Ourselves, unless we are root: then whoever owns the cluster already, or the first of CANDIDATES.
 * @throws StartError where root finds none
 */
export function databaseAccount(dataDir: string): Account {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined || process.platform !== 'linux') {
    throw new StartError(
      '内置数据库只支持 Linux，请用 DATABASE_URL 指定数据库 (the embedded PostgreSQL needs Linux)',
    );
  }
  if (uid !== 0) return account(uid, gid, false);
  const owner = ownerOf(join(dataDir, 'postgres'));
  if (owner && owner.uid !== 0) return account(owner.uid, owner.gid, true);
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const entry = entries.find((fields) => fields[0] === name);
    if (entry) return account(Number(entry[2]), Number(entry[3]), true);
  }
  throw new StartError(
    `以 root 启动时需要一个系统账户运行数据库，请执行 useradd --system dudao (root needs an account for PostgreSQL)`,
  );
}

function ownerOf(dir: string): { uid: number; gid: number } | undefined {
  return statSync(dir, { throwIfNoEntry: false });
}

function account(uid: number, gid: number, switches: boolean): Account {
  const as = switches ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  // INT is PostgreSQL's fast shutdown; the kernel sends it when this process is gone, by whatever death.
  const prefix = [...as, '--pdeathsig=INT'];
  return {
    uid,
    gid,
    switches,
    command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args] }),
  };
}

/** Whether the account may pass through every folder on the way to `path`, and run it; it need not exist yet. */
export function reachable(path: string, who: Account): boolean {
  if (!who.switches) return true;
  for (let dir = path; ; dir = dirname(dir)) {
    const stat = statSync(dir, { throwIfNoEntry: false });
    if (stat) {
      const bit = stat.uid === who.uid ? 0o100 : stat.gid === who.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (dir === dirname(dir)) return true;
  }
}
