import ExcelJS from 'exceljs';
import type { FileStore } from '#platform/files.js';
import { createLog } from '#platform/log.js';
import { openQueue } from '#platform/queue.js';
import { startWorld, type World } from '#testkit/world.js';
import { SCHEDULE } from '#worker/schedule.js';
import { startWorker, type Worker } from '#worker/worker.js';

describe('exports', () => {
  let world: World;
  let worker: Worker | undefined;
  beforeAll(async () => {
    world = await startWorld();
    const wang = world.as('wang');
    for (const [unit, finding] of [
      ['schoolLiu', '=HYPERLINK("http://x")'],
      ['schoolLiu', '教室照度不足，"后排"尤甚'],
      ['schoolWu', '未公示作业总量'],
    ] as const) {
      const made = await wang.post('/issues', {
        unitId: world.cast.units[unit],
        category: '作业管理',
        finding,
        severity: 'minor',
      });
      expect([made.status, made.body]).toMatchObject([201, {}]);
    }
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });
  afterAll(() => world.stop());

  async function work(files: FileStore = world.files): Promise<void> {
    const log = createLog({ logLevel: 'silent' }, 'test');
    const { config, dataSource } = world;
    worker = await startWorker(
      {
        config,
        dataSource,
        bulk: dataSource,
        files,
        log,
        queue: openQueue({ redisUrl: undefined }, log),
        clock: () => world.now(),
      },
      { schedule: {} },
    );
  }
  async function finished(person: 'wang' | 'liu' | 'zhao', path: string) {
    for (let i = 0; i < 500; i++) {
      const { body } = await world.as(person).get(path);
      if (['done', 'failed'].includes(body.status)) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the export did not end within ten seconds');
  }
  const ask = (person: 'wang' | 'liu' | 'zhao', format: 'csv' | 'xlsx', filter: object = {}) =>
    world.as(person).post('/exports', { kind: 'issues', format, filter });

  test('inspector Wang asks, is told where it will be, and fetches the workbook; nobody else sees it', async () => {
    const asked = await ask('wang', 'xlsx');
    expect([asked.status, asked.body.status, asked.body.url]).toEqual([202, 'queued', null]);
    const at = asked.headers['location']?.replace('/api/v1', '') ?? '';
    expect(at).toBe(`/exports/${asked.body.id}`);
    expect((await world.as('wang').get(`${at}/file`)).body.code).toBe('export.not_ready');

    await work();
    const done = await finished('wang', at);
    expect(done).toMatchObject({ status: 'done', progress: 100, rows: 3, error: null });
    const file = await world.as('wang').get(`${at}/file`);
    expect(file.status).toBe(200);
    expect(file.headers['content-disposition']).toBe(
      `attachment; filename="issues.xlsx"; filename*=UTF-8''${encodeURIComponent('问题台账-2026-03-10.xlsx')}`,
    );
    expect(file.body.length).toBe(done.size);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(file.body);
    const sheet = book.worksheets.find((one) => one.rowCount === 4);
    expect(sheet).toBeDefined();
    const findings = sheet?.getColumn(9).values.slice(2);
    expect(findings).toEqual(['=HYPERLINK("http://x")', '教室照度不足，"后排"尤甚', '未公示作业总量']);

    for (const other of ['feng', 'zhao', 'strangerHead'] as const) {
      expect((await world.as(other).get(at)).status).toBe(404);
      expect((await world.as(other).get(`${at}/file`)).status).toBe(404);
    }
  });

  test('the headmistress gets her own school, the filter holds, and the history tells both steps', async () => {
    await work();
    const mine = await ask('liu', 'csv');
    expect((await finished('liu', `/exports/${mine.body.id}`)).rows).toBe(2);
    const some = await ask('zhao', 'csv', { unitId: world.cast.units.schoolWu, status: ['registered'] });
    const done = await finished('zhao', `/exports/${some.body.id}`);
    expect(done.rows).toBe(1);
    const { text } = await world.as('zhao').get(`/exports/${some.body.id}/file`);
    expect(text.startsWith('\ufeff问题编号,')).toBe(true);
    expect(text).toContain('未公示作业总量');
    const events = await world.dataSource.query(
      `SELECT action, actor_name AS who, data->>'sha256' AS sha256 FROM events WHERE subject_id = $1 ORDER BY id`,
      [some.body.id],
    );
    expect(events).toEqual([
      { action: 'export.requested', who: '赵主任', sha256: null },
      { action: 'export.written', who: '赵主任', sha256: done.sha256 },
    ]);
  });

  test('what the ledger would refuse is refused at once', async () => {
    for (const filter of [
      { status: ['no_such'] },
      { limit: 5 },
      { asOf: '2030-01-01' },
      { unitId: 'x' },
      { owner: 1 },
    ]) {
      const answer = await ask('wang', 'csv', filter);
      expect([JSON.stringify(filter), answer.status, answer.body.code]).toEqual([
        JSON.stringify(filter),
        400,
        'request.invalid',
      ]);
    }
    expect((await world.as('admin').post('/exports', { kind: 'issues', format: 'csv' })).status).toBe(403);
  });

  test('who lost the right meanwhile gets nothing, and is told why', async () => {
    const feng = world.cast.people.feng;
    const asked = await world.as('feng').post('/exports', { kind: 'issues', format: 'csv' });
    await world.dataSource.query(`UPDATE users SET disabled_at = now() WHERE id = $1`, [feng]);
    await work();
    for (let i = 0; i < 500; i++) {
      const [row] = await world.dataSource.query(
        `SELECT status, error, storage_key FROM exports WHERE id = $1`,
        [asked.body.id],
      );
      if (row.status === 'failed') {
        expect(row).toEqual({
          status: 'failed',
          error: '申请人的账号已停用或不再有导出权限',
          storage_key: null,
        });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the export was not refused');
  });

  test('who moves to another zone does not fetch what the old one showed; another name changes nothing', async () => {
    await work();
    const { body } = await ask('wang', 'csv');
    await finished('wang', `/exports/${body.id}`);
    const change = (more: object) => world.as('admin').patch(`/users/${world.cast.people.wang}`, more);
    expect((await change({ phone: '13800000000' })).status).toBe(200);
    expect((await world.as('wang').get(`/exports/${body.id}/file`)).status).toBe(200);
    expect((await change({ zoneIds: [world.cast.zones.west] })).status).toBe(200);
    const file = await world.as('wang').get(`/exports/${body.id}/file`);
    expect([file.status, file.body.code]).toEqual([410, 'export.expired']);
    expect((await change({ zoneIds: [world.cast.zones.east] })).status).toBe(200);
    expect((await world.as('wang').get(`/exports/${body.id}/file`)).status).toBe(410);
  });

  test('who moves while the file is being made gets nothing of it; a new one shows the new reach', async () => {
    const { east, west } = world.cast.zones;
    const move = (zoneIds: string[]) =>
      world.as('admin').patch(`/users/${world.cast.people.wang}`, { zoneIds });
    const meanwhile: FileStore = {
      ...world.files,
      put: async (key, body) => {
        await world.files.put(key, body);
        expect((await move([west])).status).toBe(200);
      },
    };
    await work(meanwhile);
    const { body } = await ask('wang', 'csv');
    const ended = await finished('wang', `/exports/${body.id}`);
    expect([ended.status, ended.error, ended.url]).toEqual([
      'failed',
      '导出期间您的岗位、单位或责任区有变动，请重新导出',
      null,
    ]);
    expect(await world.files.size(`exports/${world.cast.districts.A}/${body.id}.csv`)).toBeUndefined();
    const anew = await ask('wang', 'csv');
    expect(await finished('wang', `/exports/${anew.body.id}`)).toMatchObject({ status: 'done', rows: 0 });
    expect((await move([east])).status).toBe(200);
  });

  test('after seven days the file goes and says so', async () => {
    await work();
    const { body } = await ask('wang', 'csv');
    await finished('wang', `/exports/${body.id}`);
    const key = `exports/${world.cast.districts.A}/${body.id}.csv`;
    expect(await world.files.size(key)).toBeGreaterThan(0);
    world.setNow('2026-03-18');
    await SCHEDULE['exports.expire']!.run(
      world as unknown as Parameters<(typeof SCHEDULE)[string]['run']>[0],
      world.now(),
    );
    expect((await world.as('wang').get(`/exports/${body.id}`)).body).toMatchObject({
      status: 'expired',
      url: null,
    });
    const file = await world.as('wang').get(`/exports/${body.id}/file`);
    expect([file.status, file.body.code]).toEqual([410, 'export.expired']);
    expect(await world.files.size(key)).toBeUndefined();
  });
});
