import type { Config } from '#platform/config.js';

export interface Running {
  address: string;
  config: Config;
  /** Where the database is, in words. */
  database: string;
  /** What the seeder printed: the accounts; empty when the installation was there before. */
  accounts: string;
  seconds: number;
}

/** The one page that tells a newcomer where everything is. */
export function welcome(running: Running): string {
  const { config } = running;
  const line = '─'.repeat(64);
  const rows = [
    line,
    `  督导平台已启动（用时 ${running.seconds.toFixed(1)} 秒）`,
    '',
    `  接口地址  ${running.address}/api/v1`,
    `  接口文档  ${running.address}/api/docs`,
    `  数据库    ${running.database}`,
    `  数据目录  ${config.dataDir}`,
    `  附件      ${config.s3 ? `对象存储 ${config.s3.bucket}` : `${config.dataDir}/files`}`,
    `  任务队列  ${config.redisUrl ? 'Redis（Bull）' : '进程内（设置 REDIS_URL 可改用 Redis）'}`,
  ];
  if (running.accounts.trim() !== '') rows.push('', ...indent(running.accounts));
  rows.push('', '  停止：按 Ctrl-C（再按一次强制停止）', line, '');
  return rows.join('\n');
}

function indent(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((row) => `  ${row.replace(/^ {2}/, '')}`.trimEnd());
}
