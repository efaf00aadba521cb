import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { refusal } from '#testkit/response.js';
import { type Response, startWorld, type World } from '#testkit/world.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** R2 for the routes that read their body themselves, and for the one whose answer holds a secret. */
describe('a repeated upload, import or key', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const kept = ({ status, text, headers }: Response) => [status, text, headers['etag']];
  const count = async (table: string, where = 'true'): Promise<number> => {
    const [{ n }] = await world.dataSource.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`);
    return n;
  };
  const photo = async (red: number) => {
    const background = { r: red, g: 0, b: 0 };
    const payload = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .jpeg()
      .toBuffer();
    return { payload, sha256: createHash('sha256').update(payload).digest('hex') };
  };

  test('a photo is 201 again under its key, 200 without; another photo under the key is 422', async () => {
    const [one, other] = [await photo(10), await photo(200)];
    const put = ({ payload, sha256 }: typeof one, key?: string, who: 'wang' | 'feng' = 'wang') =>
      world.as(who).put(`/attachments/${sha256}`, undefined, {
        payload,
        type: 'image/jpeg',
        headers: key ? { 'idempotency-key': key } : {},
      });
    const first = await put(one, 'photo');
    expect(first.status).toBe(201);
    expect(kept(await put(one, 'photo'))).toEqual(kept(first));
    expect((await put(one)).status).toBe(200);
    expect(refusal(await put(other, 'photo'))).toBe('422 idempotency.key_reused');
    expect(await count('attachments', `sha256 = '${other.sha256}'`)).toBe(0);
    expect((await put(one, 'photo', 'feng')).status).toBe(201);
    expect(refusal(await put(one, 'ä'))).toBe('400 idempotency.key_invalid');
    const storm = await Promise.all(Array.from({ length: 8 }, () => put(other, 'storm')));
    const done = storm.filter(({ status }) => status === 201);
    expect(new Set(done.map((answer) => JSON.stringify(kept(answer)))).size).toBe(1);
    for (const late of storm.filter(({ status }) => status !== 201)) {
      expect(refusal(late)).toBe('409 idempotency.in_flight');
    }
  });

  test('an import of schools answers the same though by now all of them are there', async () => {
    const csv = (name: string) =>
      Buffer.from(`学校代码,学校名称,学段,责任区\n3702030077,${name},小学,west\n`);
    const send = (payload: Buffer, key?: string) =>
      world.as('qian').post('/schools/import', undefined, {
        payload,
        type: 'text/csv',
        headers: key ? { 'idempotency-key': key } : {},
      });
    const bad = await send(Buffer.from('学校代码,学校名称\n1,甲\n'), 'schools');
    expect(refusal(bad)).toBe('400 import.invalid');
    const first = await send(csv('新建小学'), 'schools');
    expect([first.status, first.body.created]).toEqual([200, 1]);
    expect(kept(await send(csv('新建小学'), 'schools'))).toEqual(kept(first));
    expect(refusal(await send(csv('别的小学'), 'schools'))).toBe('422 idempotency.key_reused');
    expect(refusal(await send(csv('新建小学')))).toBe('400 import.invalid');
    expect(await count('units', `code = '3702030077'`)).toBe(1);
    // The cache of compliance hears of the import only once it is committed, and then at once.
    expect((await world.as('qian').get('/compliance/schools/3702030077')).status).toBe(200);
  });

  test('an imported checklist is one draft', async () => {
    const made = await world.as('qian').post('/checklists', {
      code: 'TWICE',
      title: '重复导入',
      subject: 'school',
      coverage: 'partial',
      items: [{ itemCode: 'SJ-ZY-01', required: true }],
    });
    const url = `/checklists/${made.body.id}`;
    const file = await world.as('qian').get(`${url}/export.xlsx`);
    expect((await world.as('qian').post(`${url}/publish`)).status).toBe(200);
    const send = (key: string) =>
      world.as('qian').post('/checklists/import', undefined, {
        payload: file.body,
        type: XLSX,
        headers: { 'idempotency-key': key },
      });
    const first = await send('list');
    expect([first.status, first.body.version]).toEqual([201, 2]);
    expect(kept(await send('list'))).toEqual(kept(first));
    expect(refusal(await send('list-2'))).toBe('409 checklist.draft_exists');
  });

  test('a key for the interface is made once, its secret answered again and nowhere kept open', async () => {
    const send = (name: string, key = 'client') =>
      world
        .as('admin')
        .post('/api-keys', { name, scopes: ['issues:read'] }, { headers: { 'idempotency-key': key } });
    const first = await send('市级平台');
    expect(first.status).toBe(201);
    expect(kept(await send('市级平台'))).toEqual(kept(first));
    expect(refusal(await send('别的平台'))).toBe('422 idempotency.key_reused');
    expect(await count('api_keys')).toBe(1);
    const rows = JSON.stringify(await world.dataSource.query(`SELECT * FROM idempotency_keys`));
    expect(rows).not.toContain(first.body.key);
    expect(rows).not.toContain(Buffer.from(first.body.key).toString('base64').slice(2, -4));
    // Sealed text that somebody moved or changed, or another installation's, does not open.
    await world.dataSource.query(
      `UPDATE idempotency_keys SET body = overlay(body placing 'AAAAAAAA' from 40) WHERE key = 'client'`,
    );
    expect(refusal(await send('市级平台'))).toBe('422 idempotency.answer_lost');
    expect(await count('api_keys')).toBe(1);
  });

  test('logging in keeps no answer: a key is a person’s, and there is none yet', async () => {
    const before = await count('idempotency_keys');
    const answer = await world
      .with()
      .post(
        '/auth/login',
        { username: 'nobody', password: 'x' },
        { headers: { 'idempotency-key': 'login' } },
      );
    expect(refusal(answer)).toBe('401 auth.invalid_credentials');
    expect(await count('idempotency_keys')).toBe(before);
  });
});
