/** The circular and the notice as files to go on editing: who gets them, and what becomes of circulars from before there were any. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDocx } from '#documents/fixtures/read-docx.js';
import { packagePath } from '#platform/package-root.js';
import { ok, refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { type Desk, openDesk } from './circular-month.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await startWorld();
  desk = await openDesk(world);
  world.setNow('2026-04-02');
});
afterAll(() => world.stop());

const textOf = async (file: Buffer): Promise<string> =>
  (await readDocx(file)).paragraphs.map(({ text }) => text).join('\n');
const withoutGuard = (table: string, sql: string, id: string) =>
  world.dataSource.transaction(async (em) => {
    await em.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await em.query(sql, [id]);
    await em.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });

test('the office edits the draft’s words in Word; issued, every school has the file, number and date in it', async () => {
  const id = await desk.drafted();
  const draft = await world.as('qian').get(`/circulars/${id}/docx`);
  expect(draft.headers['content-type']).toBe(DOCX);
  const name = encodeURIComponent('（草稿）关于2026年3月教育督导（“双减”）情况的通报.docx');
  expect(draft.headers['content-disposition']).toBe(
    `attachment; filename="circular.docx"; filename*=UTF-8''${name}`,
  );
  expect(await textOf(draft.body)).toContain('（未编号）');
  // A draft is not for schools, in no format.
  expect(refusal(await world.as('liu').get(`/circulars/${id}/docx`))).toBe('404 resource.not_found');

  await ok(world.as('qian').patch(`/circulars/${id}`, { narrative: { practice: '改过的做法' } }));
  await desk.work(id);
  await ok(world.as('zhao').post(`/circulars/${id}/issue`, { documentNumber: '示教督通〔2026〕3号' }));
  const issued = await world.as('liu').get(`/circulars/${id}/docx`);
  const text = await textOf(issued.body);
  for (const said of ['示教督通〔2026〕3号', '2026年4月2日', '改过的做法']) expect(text).toContain(said);
  expect(text).not.toContain('未编号');
  expect(refusal(await world.as('strangerHead').get(`/circulars/${id}/docx`))).toBe('404 resource.not_found');
});

test('a draft from before there were editable files gets one; an issued circular stays as it was issued', async () => {
  const old = await desk.drafted({ period: '2026-02' });
  const before = `DELETE FROM circular_files WHERE circular_id = $1 AND format = 'docx'`;
  await world.dataSource.query(before, [old]);
  expect((await world.as('qian').get(`/circulars/${old}/docx`)).status).toBe(409);
  // What the migration does for drafts.
  const migration = readFileSync(packagePath('migrations', '0007_docx.sql'), 'utf8');
  await world.dataSource.query(migration.slice(migration.indexOf('INSERT INTO outbox')));
  await desk.work(old);
  const made = await ok(world.as('qian').get(`/circulars/${old}`));
  expect(made).toMatchObject({ status: 'draft', progress: 100, error: null });
  expect(made.files.map(({ format }: { format: string }) => format)).toEqual(['docx', 'pdf', 'xlsx']);
  expect((await world.as('qian').get(`/circulars/${old}/docx`)).status).toBe(200);

  await ok(world.as('zhao').post(`/circulars/${old}/issue`));
  await withoutGuard('circular_files', before, old);
  const pdf = await world.as('liu').get(`/circulars/${old}/pdf`);
  await world.dataSource.query(migration.slice(migration.indexOf('INSERT INTO outbox')));
  await desk.work(old);
  const missing = await world.as('liu').get(`/circulars/${old}/docx`);
  expect(refusal(missing)).toBe('404 resource.not_found');
  expect(missing.body.detail).toBe('这份通报印发时还没有这种格式的文件');
  expect((await world.as('liu').get(`/circulars/${old}/pdf`)).headers['etag']).toBe(pdf.headers['etag']);
});

test('Liu’s school has its notice as a letter to go on editing; another school has nothing', async () => {
  const issue = await ok(
    world.as('li').post('/issues', {
      unitId: world.cast.units.schoolLiu,
      category: '作业管理',
      finding: '=1+1 作业超量',
      severity: 'major',
    }),
  );
  const served = await ok(
    world.as('li').post(`/issues/${issue.id}/transitions`, {
      action: 'issue_notice',
      requirements: '压减作业总量',
      dueOn: '2026-04-20',
    }),
  );
  const file = await world.as('liu').get(`/notices/${served.noticeId}/docx`);
  expect(file.headers['content-type']).toBe(DOCX);
  expect(file.headers['content-disposition']).toMatch(/^attachment; filename="document.docx"/);
  const text = await textOf(file.body);
  for (const said of ['明德小学：', '=1+1 作业超量', '压减作业总量', '教育督导整改通知书（存根）']) {
    expect(text).toContain(said);
  }
  for (const who of ['zheng', 'chen', 'strangerHead'] as const) {
    expect([who, (await world.as(who).get(`/notices/${served.noticeId}/docx`)).status]).toEqual([who, 404]);
  }
});
