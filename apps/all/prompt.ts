import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Config } from '#platform/config.js';
import { StartError } from '#platform/processes.js';

/**
 * The first administrator of an installation without the demo: from the environment, else asked at the terminal.
 * @throws StartError naming what to set where nobody can be asked
 */
export async function firstAdministrator(config: Config): Promise<NonNullable<Config['admin']>> {
  if (config.admin) return config.admin;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new StartError(
      '首次启动（DEMO=false）须设置 ADMIN_USERNAME 和 ADMIN_PASSWORD，或在终端中启动后按提示输入 (set ADMIN_USERNAME and ADMIN_PASSWORD)',
    );
  }
  process.stdout.write('这是一个空的数据库。请设置第一个系统管理员。\n');
  const username = await ask('用户名：', true);
  const password = await ask('口令（至少 8 个字符，输入时不显示）：', false);
  if (username === '') throw new StartError('未输入用户名，启动已取消 (no user name was given)');
  if (password.length < 8) throw new StartError('口令不足 8 个字符，启动已取消 (the password is too short)');
  if ((await ask('再输入一次口令：', false)) !== password) {
    throw new StartError('两次输入的口令不一致，启动已取消 (the passwords differ)');
  }
  return { username, password };
}

async function ask(question: string, echo: boolean): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (!echo) process.stdout.write(question);
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stdout : silent,
    terminal: true,
  });
  // At a question the terminal hands Ctrl-C to the question: it means the same as everywhere else.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return (await lines.question(echo ? question : '')).trim();
  } finally {
    lines.close();
    if (!echo) process.stdout.write('\n');
  }
}
