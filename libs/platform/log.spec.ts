import { expect, test } from '@jest/globals';
import { createLog, forPeople } from './log.js';

function written(use: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  use(createLog({ logLevel: 'debug' }, 'api', { write: (line: string) => lines.push(line) }));
  return lines.join('');
}

test('a line is one JSON object with level, time, service and what the caller bound', () => {
  const line = JSON.parse(
    written((log) => log.child({ requestId: 'r1' }).info({ status: 200 }, 'GET /healthz')),
  );
  expect(line).toMatchObject({
    level: 'info',
    service: 'api',
    requestId: 'r1',
    status: 200,
    msg: 'GET /healthz',
  });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('no password, token or connection string is ever written', () => {
  const secret = 'S3cret-Geheim';
  const out = written((log) => {
    log.info({
      password: secret,
      user: { accessToken: secret },
      request: { headers: { authorization: secret } },
    });
    log.error({ err: new Error(`connect postgres://dudao:${secret}@127.0.0.1/x`) }, `Bearer ${secret}`);
    log.warn(`key ddk_${secret} was refused, and dda_${secret}, and ddr_${secret}`);
    const failure = Object.assign(new Error('duplicate key'), {
      parameters: [secret],
      detail: `(name)=(${secret})`,
    });
    log.error({ err: failure }, 'query failed');
  });
  expect(out.trim().split('\n')).toHaveLength(4);
  expect(out).not.toContain(secret);
  expect(out).toContain('postgres://dudao:***@127.0.0.1/x');
});

test('a person at a terminal reads short lines, errors with their stack', () => {
  let out = '';
  const log = createLog({ logLevel: 'info' }, 'worker', forPeople({ write: (text) => (out += text) }));
  log.info({ jobs: 3 }, '队列已就绪');
  log.error({ err: new Error('boom') }, '出错');
  expect(out).toMatch(/^\d\d:\d\d:\d\d 信息 worker 队列已就绪 \(jobs=3\)\n/);
  expect(out).toContain('错误 worker 出错\nError: boom\n    at ');
});
