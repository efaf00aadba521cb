import { startWorld, type World } from '#testkit/world.js';

describe('the library', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('inspector Wang looks up what the rules say about homework in primary schools', async () => {
    const { body } = await world
      .as('wang')
      .get('/checklist-items?category=作业管理&stage=primary&count=true');
    expect(body.items.length).toBe(body.count);
    expect(body.items.every((item: { category: string }) => item.category === '作业管理')).toBe(true);
    const first = body.items.find((item: { itemCode: string }) => item.itemCode === 'SJ-ZY-01');
    expect(first).toMatchObject({
      subject: 'school',
      judge: { type: 'boolean', passWhen: false },
      severity: 'serious',
    });
    expect(first.basis).toMatch('（中办发〔2021〕40号）第五条');
    expect(first.checklists).toContain('CL-SJ');
    expect(first).not.toHaveProperty('origins');
  });

  test('pages follow each other without a gap, to all 127 items', async () => {
    const codes: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await world
        .as('zhao')
        .get(`/checklist-items?limit=50${cursor ? `&cursor=${cursor}` : ''}`);
      codes.push(...body.items.map((item: { itemCode: string }) => item.itemCode));
      cursor = body.nextCursor;
    }
    expect([codes.length, new Set(codes).size]).toEqual([127, 127]);
  });

  test('words are looked for in question and basis, and subjects are kept apart', async () => {
    const found = async (q: string) =>
      (await world.as('zhao').get(`/checklist-items?q=${q}&limit=200`)).body.items.map(
        (item: { itemCode: string }) => item.itemCode,
      );
    expect(await found('带回家完成的书面作业')).toEqual(['SJ-ZY-01']);
    expect(await found('sj-zy-01')).toEqual(['SJ-ZY-01']);
    expect(await found('没有这样的话')).toEqual([]);
    expect(
      (await world.as('zhao').get('/checklist-items?subject=department')).body.items.every(
        (item: { subject: string }) => item.subject === 'department',
      ),
    ).toBe(true);
  });

  test('two policies are called "30 items", and their document numbers tell them apart', async () => {
    const { body } = await world.as('liu').get('/policies?limit=200');
    const numbers = body.items.map((policy: { documentNumber: string }) => policy.documentNumber);
    expect(numbers).toEqual(expect.arrayContaining(['中办发〔2021〕40号', '教基〔2018〕26号']));
  });

  test('the seven checklists that a district can take over', async () => {
    const { body } = await world.as('qian').get('/checklist-templates');
    expect(body.items.map((list: { code: string }) => list.code)).toEqual([
      'CL-REG',
      'CL-SJ',
      'CL-JF',
      'CL-KH',
      'CL-PX',
      'CL-WX',
      'CL-QJ',
    ]);
  });

  test.each([
    ['/checklist-items?category=作业', '/category'],
    ['/checklist-items?stage=kindergarten', '/stage'],
    ['/checklist-items?limit=201', '/limit'],
    ['/checklist-items?sort=x', '/sort'],
  ])('%s is refused with its field', async (path, pointer) => {
    const { status, body } = await world.as('wang').get(path);
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'request.invalid', pointer]);
  });

  test('a cursor of another list is refused; the technician and strangers see nothing', async () => {
    const foreign = Buffer.from('["nowhere"]').toString('base64url');
    expect((await world.as('wang').get(`/policies?cursor=${foreign}`)).body.code).toBe(
      'request.cursor_invalid',
    );
    expect((await world.as('admin').get('/policies')).status).toBe(403);
    expect((await world.with().get('/policies')).status).toBe(401);
  });
});
