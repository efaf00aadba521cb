/** What begins like a formula stays text in every table that leaves the system: from the request to the file's bytes. */
import { parse } from 'csv-parse/sync';
import { CIRCULAR_FORMATS } from '#core/circulars/circular.entity.js';
import { foreignFormulas } from '#documents/fixtures/own-formulas.js';
import { cellsOf, unzip } from '#documents/fixtures/read-back.js';
import { createLog } from '#platform/log.js';
import { openQueue } from '#platform/queue.js';
import type { PersonName } from '#testkit/cast.js';
import { ok } from '#testkit/response.js';
import { type Response, startWorld, type World } from '#testkit/world.js';
import { startWorker, type Worker } from '#worker/worker.js';

const LEADS = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', ' =', '\t='];
const hostile = (lead: string, place: string) => `${lead}HYPERLINK("http://x";"${place}")`;
const NAME = hostile('=', '校名');

let world: World;
let worker: Worker;
beforeAll(async () => {
  world = await startWorld();
  const { config, dataSource, files } = world;
  const log = createLog({ logLevel: 'silent' }, 'test');
  const queue = openQueue({ redisUrl: undefined }, log);
  worker = await startWorker(
    { config, dataSource, bulk: dataSource, files, log, queue, clock: () => world.now() },
    { schedule: {} },
  );
  await ok(world.as('admin').patch(`/schools/${world.cast.units.schoolLiu}`, { name: NAME }));
  for (const lead of LEADS) {
    const { id } = await ok(
      world.as('wang').post('/issues', {
        unitId: world.cast.units.schoolLiu,
        category: '作业管理',
        finding: hostile(lead, '问题'),
        requirements: hostile(lead, '要求'),
        severity: 'minor',
      }),
    );
    expect(id).toBeDefined();
  }
});
afterAll(async () => {
  await worker?.stop();
  await world?.stop();
});

async function until(path: string, ready: (body: Response['body']) => boolean, who: PersonName = 'zhao') {
  for (let i = 0; i < 1000; i++) {
    const { body } = await world.as(who).get(path);
    if (ready(body)) return body;
    expect(body.status).not.toBe('failed');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} was not ready within twenty seconds`);
}
/** Every text of a workbook; that no formula of it is made of what people typed is seen on the way. */
async function textsOf(file: Buffer): Promise<string[]> {
  const parts = await unzip(file);
  const sheets = [...parts].filter(([name]) => name.startsWith('xl/worksheets/') && name.endsWith('.xml'));
  expect(sheets.length).toBeGreaterThan(0);
  // What is said often stands in a list of its own, to which cells refer by number.
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>([\s\S]*?)<\/si>/g)].map(
    ([, text]) => cellsOf(`<c r="A1">${text}</c>`)[0]!.text,
  );
  const cells = sheets.flatMap(([, xml]) => {
    expect(foreignFormulas(xml)).toEqual([]);
    return cellsOf(xml);
  });
  // Excel reads _x005F_ as an underscore.
  return cells.map(({ type, text }) =>
    (type === 's' ? shared[Number(text)]! : text).replace(/_x005F_/g, '_'),
  );
}
async function exported(format: 'xlsx' | 'csv'): Promise<Response> {
  const { id } = await ok(world.as('zhao').post('/exports', { kind: 'issues', format }));
  await until(`/exports/${id}`, ({ status }) => status === 'done');
  return world.as('zhao').get(`/exports/${id}/file`);
}

test('a formula of anybody else would be seen', () => {
  const cell = (formula: string) => `<c r="A1"><f>${formula}</f><v>1</v></c>`;
  expect(foreignFormulas(cell('SUBTOTAL(109,B3:B9)'))).toEqual([]);
  for (const formula of ['1+cmd|A1', 'HYPERLINK("http://x")', "'[x.xlsx]a'!A1", 'WEBSERVICE(A1)', '"问题"']) {
    expect(foreignFormulas(cell(formula))).toHaveLength(1);
  }
});

test('the ledger as a workbook', async () => {
  const texts = await textsOf((await exported('xlsx')).body);
  for (const lead of LEADS) {
    expect(texts).toContain(hostile(lead, '问题'));
    expect(texts).toContain(hostile(lead, '要求'));
  }
  expect(texts).toContain(NAME);
});

test('the ledger as CSV: an apostrophe before what a program would run, and the text after it unchanged', async () => {
  const rows: string[][] = parse((await exported('csv')).text, { bom: true });
  const cells = rows.flat();
  for (const lead of LEADS) expect(cells).toContain(`'${hostile(lead, '问题')}`);
  expect(cells).toContain(`'${NAME}`);
  expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
});

test('the workbook of a circular', async () => {
  const { id } = await ok(world.as('qian').post('/circulars', { kind: 'monthly', period: '2026-03' }));
  await until(
    `/circulars/${id}`,
    ({ status, files }) => status === 'draft' && files.length === CIRCULAR_FORMATS.length,
    'qian',
  );
  await ok(world.as('qian').patch(`/circulars/${id}`, { narrative: { overview: hostile('=', '概况') } }));
  await until(`/circulars/${id}`, ({ files }) => files.length === CIRCULAR_FORMATS.length, 'qian');
  const texts = await textsOf((await world.as('qian').get(`/circulars/${id}/xlsx`)).body);
  for (const lead of LEADS) expect(texts).toContain(hostile(lead, '问题'));
  expect(texts).toContain(NAME);
});

test('the workbook of a checklist, and the template for schools', async () => {
  const title = hostile('@', '清单');
  const { id } = await ok(
    world.as('qian').post('/checklists', {
      code: 'FORMULA',
      title,
      note: hostile('＝', '说明'),
      subject: 'school',
      coverage: 'partial',
      items: [{ itemCode: 'SJ-ZY-01' }],
    }),
  );
  const texts = await textsOf((await world.as('qian').get(`/checklists/${id}/export.xlsx`)).body);
  expect(texts).toContain(title);
  expect(texts).toContain(hostile('＝', '说明'));
  expect(
    (await textsOf((await world.as('admin').get('/schools/import-template.xlsx')).body)).length,
  ).toBeGreaterThan(5);
});
