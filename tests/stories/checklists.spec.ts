import ExcelJS from 'exceljs';
import { seedChecklists } from '#core/checklists/publish.js';
import { startWorld, type World } from '#testkit/world.js';

const FORM = 'multipart/form-data; boundary=frontier';
const form = (file: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      '--frontier\r\ncontent-disposition: form-data; name="file"; filename="list.xlsx"\r\n' +
        'content-type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n\r\n',
    ),
    file,
    Buffer.from('\r\n--frontier--\r\n'),
  ]);

const SMALL = {
  code: 'DEMO-1',
  title: '作业专项检查表',
  subject: 'school',
  coverage: 'partial',
  items: [{ itemCode: 'SJ-ZY-01' }, { itemCode: 'SJ-ZY-02', required: false }],
};

describe('checklists', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const send = (file: Buffer) =>
    world.as('qian').post('/checklists/import', undefined, { payload: form(file), type: FORM });

  test('the library is taken over once: seven checklists in force, and nothing the second time', async () => {
    const ctx = world.systemCtx('B');
    const first = await world.dataSource.transaction((em) => seedChecklists({ ...ctx, em }));
    const again = await world.dataSource.transaction((em) => seedChecklists({ ...ctx, em }));
    expect([...again.values()].map(({ id }) => id)).toEqual([...first.values()].map(({ id }) => id));
    const { body } = await world.as('strangerHead').get('/checklists?status=published&summary=true');
    expect(body.items).toHaveLength(7);
    expect(body.items[0]).not.toHaveProperty('items');
    expect((await world.as('zhao').get('/checklists')).body.items).toEqual([]);
  });

  test('Qian drafts, publishes and revises; the version in force is retired by its successor alone', async () => {
    const qian = world.as('qian');
    const draft = await qian.post('/checklists', SMALL);
    expect([draft.status, draft.body.status, draft.body.version]).toEqual([201, 'draft', 1]);
    expect(draft.body.stages).toEqual(['primary']);
    expect(draft.body.items).toMatchObject([
      { itemCode: 'SJ-ZY-01', required: true, judge: { type: 'boolean', passWhen: false } },
      { itemCode: 'SJ-ZY-02', required: false, judge: { type: 'measure' } },
    ]);
    const path = `/checklists/${draft.body.id}`;

    const published = await qian.post(`${path}/publish`);
    expect([published.status, published.body.status]).toEqual([200, 'published']);
    expect(published.body.items).toEqual(draft.body.items);
    expect((await qian.post(`${path}/publish`)).body.code).toBe('checklist.not_draft');
    expect((await qian.patch(path, { title: '改名' })).body.code).toBe('checklist.not_draft');

    const second = await qian.post(`${path}/revise`);
    expect([second.status, second.body.version, second.body.status]).toEqual([201, 2, 'draft']);
    const refused = await qian.post(`${path}/revise`);
    expect([refused.status, refused.body.code, refused.body.draftId]).toEqual([
      409,
      'checklist.draft_exists',
      second.body.id,
    ]);
    expect((await qian.get(path)).body.status).toBe('published');
    await qian.patch(`/checklists/${second.body.id}`, { items: [{ itemCode: 'SJ-ZY-05' }] });
    await qian.post(`/checklists/${second.body.id}/publish`);
    const first = (await qian.get(path)).body;
    expect([first.status, first.items.length]).toEqual(['retired', 2]);
  });

  test('a limit of the district is filled in at publication and stays in what was published', async () => {
    const qian = world.as('qian');
    const { A } = world.cast.districts;
    const set = (limits: object) =>
      world.dataSource.query(
        `UPDATE districts SET settings = jsonb_set(settings, '{localLimits}', $2) WHERE id = $1`,
        [A, JSON.stringify(limits)],
      );
    await set({ 'SJ-ZY-02': 50 });
    const draft = await qian.post('/checklists', { ...SMALL, code: 'LOCAL' });
    await qian.post(`/checklists/${draft.body.id}/publish`);
    await set({ 'SJ-ZY-02': 40 });
    const limitOf = (list: { items: { judge: { limit: unknown; bands?: { limit: unknown }[] } }[] }) =>
      list.items[1]?.judge.bands?.[0]?.limit ?? list.items[1]?.judge.limit;
    expect(limitOf((await qian.get(`/checklists/${draft.body.id}`)).body)).toBe(50);
    const next = await qian.post(`/checklists/${draft.body.id}/revise`);
    expect(limitOf(next.body)).toBe(40);
    await set({});
  });

  test('a whole library checklist becomes a draft of the district, its computed item marked', async () => {
    const draft = await world
      .as('zhao')
      .post('/checklists', { fromLibrary: 'CL-SJ', title: '双减督查（本区）' });
    expect([draft.status, draft.body.title, draft.body.items.length]).toEqual([201, '双减督查（本区）', 67]);
    expect(draft.body.items.filter((item: { computed?: string }) => item.computed)).toMatchObject([
      { itemCode: 'SJ-ZZ-05', computed: 'ledger' },
    ]);
  });

  test.each([
    [{ items: [{ itemCode: 'XX-YY-99' }] }, 'checklist.item_unknown', '/items/0/itemCode'],
    [{ items: [{ itemCode: 'SJ-ZY-01' }, { itemCode: 'SJ-ZY-01' }] }, 'request.invalid', '/items/1/itemCode'],
    [{ subject: 'department' }, 'request.invalid', '/items/0/itemCode'],
    [{ stages: ['senior'] }, 'request.invalid', '/items/0/itemCode'],
    [{ title: undefined }, 'request.invalid', '/title'],
    [{ code: 'a b' }, 'request.invalid', '/code'],
    [{ status: 'published' }, 'request.invalid', '/status'],
    [{ fromLibrary: 'CL-XX', title: undefined }, 'request.invalid', '/fromLibrary'],
  ])('what does not fit is refused by name: %j', async (change, code, pointer) => {
    const answer = await world.as('qian').post('/checklists', { ...SMALL, code: 'BAD', ...change });
    expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([400, code, pointer]);
  });

  test('an empty draft is not published, and a code stands for one kind of unit', async () => {
    const empty = await world.as('qian').post('/checklists', { ...SMALL, code: 'EMPTY', items: [] });
    const answer = await world.as('qian').post(`/checklists/${empty.body.id}/publish`);
    expect([answer.status, answer.body.code]).toEqual([409, 'checklist.empty']);
    const other = { ...SMALL, subject: 'department', items: [{ itemCode: 'ZF-ZZ-01' }] };
    const items = await world.as('qian').get('/checklist-items?subject=department&limit=1');
    other.items = [{ itemCode: items.body.items[0].itemCode }];
    expect((await world.as('qian').post('/checklists', other)).body.code).toBe('resource.conflict');
  });

  test('a change that did not see the latest is refused', async () => {
    const draft = await world.as('qian').post('/checklists', { ...SMALL, code: 'FRESH' });
    const path = `/checklists/${draft.body.id}`;
    const { etag } = (await world.as('qian').get(path)).headers;
    const headers = { 'if-match': etag! };
    expect((await world.as('zhao').patch(path, { title: '甲' }, { headers })).status).toBe(200);
    const stale = await world.as('qian').patch(path, { title: '乙' }, { headers });
    expect([stale.status, stale.body.code]).toEqual([412, 'request.stale']);
    expect((await world.as('qian').get(path)).body.title).toBe('甲');
  });

  test('two who draft the same code at once: one draft', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => world.as('qian').post('/checklists', { ...SMALL, code: 'RACE' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test('schools do not see drafts, inspectors do not write, another district sees nothing', async () => {
    const draft = await world.as('qian').post('/checklists', { ...SMALL, code: 'SIGHT' });
    const path = `/checklists/${draft.body.id}`;
    for (const person of ['liu', 'wang', 'strangerHead'] as const) {
      expect((await world.as(person).get(path)).status).toBe(404);
      const listed = (await world.as(person).get('/checklists?code=SIGHT')).body.items;
      expect(listed).toEqual([]);
    }
    expect((await world.as('li').get(path)).status).toBe(200);
    await world.as('qian').post(`${path}/publish`);
    expect((await world.as('liu').get(path)).status).toBe(200);
    expect((await world.as('strangerHead').get(path)).status).toBe(404);
    expect((await world.as('strangerHead').post(`${path}/revise`)).status).toBe(404);
    expect((await world.as('wang').post('/checklists', SMALL)).status).toBe(403);
    expect((await world.as('admin').get(path)).status).toBe(403);
    expect((await world.as('qian').get('/checklists/not-an-id')).status).toBe(404);
  });

  test('the list is walked page by page, newest version first', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await world
        .as('zhao')
        .get(`/checklists?limit=2&summary=true${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(
        ...body.items.map((list: { code: string; version: number }) => `${list.code} ${list.version}`),
      );
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.indexOf('DEMO-1 2')).toBe(seen.indexOf('DEMO-1 1') - 1);
    expect((await world.as('zhao').get('/checklists?count=true')).body.count).toBe(seen.length);
  });

  describe('as a workbook', () => {
    const exported = async (id: string): Promise<Buffer> => {
      const answer = await world.as('qian').get(`/checklists/${id}/export.xlsx`);
      expect(answer.headers['content-type']).toMatch('spreadsheetml');
      expect(answer.headers['content-disposition']).toMatch("filename*=UTF-8''");
      return answer.body;
    };
    const edited = async (file: Buffer, edit: (book: ExcelJS.Workbook) => void): Promise<Buffer> => {
      const book = new ExcelJS.Workbook();
      await book.xlsx.load(file as unknown as ArrayBuffer);
      edit(book);
      return Buffer.from(await book.xlsx.writeBuffer());
    };

    test('what was exported comes back as the next draft, item by item', async () => {
      const made = await world
        .as('qian')
        .post('/checklists', { fromLibrary: 'CL-WX', note: '=HYPERLINK("x")' });
      await world.as('qian').post(`/checklists/${made.body.id}/publish`);
      const file = await exported(made.body.id);
      const back = await send(file);
      expect([back.status, back.body.version, back.body.status]).toEqual([201, 2, 'draft']);
      const { id, version, status, createdAt, publishedAt, revision, ...same } = back.body;
      expect(made.body).toMatchObject(same);
      expect(back.body.items).toEqual(made.body.items);

      const book = new ExcelJS.Workbook();
      await book.xlsx.load(file as unknown as ArrayBuffer);
      expect(book.worksheets.map(({ name }) => name)).toEqual(['清单信息', '要点']);
      const sheet = book.getWorksheet('要点')!;
      expect(sheet.getCell('A2').value).toBe(1);
      expect(sheet.rowCount).toBe(26);
      book.eachSheet((one) =>
        one.eachRow((row) => row.eachCell((cell) => expect(cell.type).not.toBe(ExcelJS.ValueType.Formula))),
      );
    });

    test('every bad cell is named and nothing is taken in', async () => {
      const made = await world.as('qian').post('/checklists', { fromLibrary: 'CL-KH' });
      const file = await edited(await exported(made.body.id), (book) => {
        book.getWorksheet('清单信息')!.eachRow((row) => {
          if (row.getCell(1).text === '覆盖范围') row.getCell(2).value = '大概';
          if (row.getCell(1).text === '清单编号') row.getCell(2).value = 'KH-COPY';
        });
        const items = book.getWorksheet('要点')!;
        items.getCell('B3').value = 'SJ-XX-99';
        items.getCell('D4').value = '也许';
        items.getCell('C5').value = '另一个要点';
        items.getCell('B6').value = items.getCell('B2').value;
        items.getCell('C6').value = null;
      });
      const answer = await send(file);
      expect([answer.status, answer.body.code]).toEqual([400, 'import.invalid']);
      const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
      expect(pointers.sort()).toEqual(['/清单信息/B9', '/要点/B3', '/要点/B6', '/要点/C5', '/要点/D4']);
      expect((await world.as('qian').get('/checklists?code=KH-COPY')).body.items).toEqual([]);
    });

    test.each([
      ['a picture', Buffer.from('89504e470d0a1a0a', 'hex')],
      ['half a workbook', Buffer.from('504b0304deadbeef', 'hex')],
      ['another table', Buffer.from('姓名,年龄\n甲,3\n')],
    ])('%s is refused', async (_, file) => {
      const answer = await send(file);
      expect([400, 415]).toContain(answer.status);
      expect(['import.invalid', 'request.unsupported_type']).toContain(answer.body.code);
    });

    test('an inspector does not import', async () => {
      const answer = await world
        .as('wang')
        .post('/checklists/import', undefined, { payload: form(Buffer.from('x')), type: FORM });
      expect(answer.status).toBe(403);
    });
  });
});
