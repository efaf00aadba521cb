import { circularSnapshot, emptyMonth } from '../documents/fixtures/circular.js';
import {
  type Aggregate,
  allFigures,
  CIRCULAR_ANNEXES,
  type CircularAnnex,
  type CircularNarrative,
  canonicalJson,
  circularTitle,
  closeoutText,
  type FigureRow,
  figureOfRows,
  figuresOf,
  freezeCircular,
  lineageOf,
  narrativeText,
  percentage,
  rate,
  type Subject,
  unknownTokens,
} from './circular.js';

describe('a rate', () => {
  it('always carries numerator and denominator, and no percentage under ten', () => {
    expect(rate({ numerator: 34, denominator: 40 })).toBe('34/40（85.0%）');
    expect(rate({ numerator: 7, denominator: 9 })).toBe('7/9');
    expect(rate({ numerator: 1, denominator: 10 })).toBe('1/10（10.0%）');
    expect(rate({ numerator: 0, denominator: 0 })).toBe('—');
    expect(rate({ numerator: 7, denominator: 9 }, 5)).toBe('7/9（77.8%）');
    expect(percentage({ numerator: 2, denominator: 3 })).toBeNull();
  });
});

describe('canonical JSON', () => {
  it('is the same text for the same value, whatever the order of its members', () => {
    expect(canonicalJson({ b: [1, null, 'x'], a: { d: true, c: undefined } })).toBe(
      '{"a":{"d":true},"b":[1,null,"x"]}',
    );
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });

  it('refuses what JSON cannot say', () => {
    for (const value of [Number.NaN, new Date(0), () => 1, 1n, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    }
  });
});

describe('the figures of a circular', () => {
  const snapshot = circularSnapshot();

  it('have one key each, a title, a unit and a definition', () => {
    const keys = snapshot.figures.map((figure) => figure.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const figure of snapshot.figures) {
      expect(figure.title).not.toBe('');
      expect(figure.unit).not.toBe('');
      expect(figure.definition).toMatch(/。$/);
    }
    expect(figuresOf(snapshot)).toEqual(snapshot.figures);
  });

  it('keep their keys: somebody asks for them by name', () => {
    const keys = snapshot.figures.map((f) => f.key).filter((key) => !/^(category|measurement)/.test(key));
    expect(keys.join(' ')).toMatchInlineSnapshot(
      `"overview.visits overview.schools overview.institutions overview.inspectors overview.sessions overview.met_rate overview.issues overview.issues_serious overview.issues_major overview.issues_minor overview.disputed overview.reminders overview.resolved_on_site overview.notices overview.notices_received closeout.due closeout.rate_original closeout.rate_extended closeout.rate_closed closeout.closed_late closeout.open closeout.open_overdue closeout.closed_in_period closeout.returned closeout.extensions closeout.recurrences closeout.found_again closeout.withdrawn ledger.open ledger.overdue ledger.office_overdue escalations.taken late.visits"`,
    );
  });

  it('add up: what was due is the sum of its five ends', () => {
    const c = snapshot.closeout;
    expect(c.closedByOriginal + c.closedByExtended + c.closedLate + c.open + c.openOverdue).toBe(c.due);
  });
});

describe('the text composed from the figures', () => {
  const snapshot = circularSnapshot();

  it('reads as an officer would write it', () => {
    expect(circularTitle(snapshot)).toBe('关于2026年9月教育督导（“双减”）情况的通报');
    expect(freezeCircular(snapshot).narrative).toMatchInlineSnapshot(`
{
  "overview": "2026年9月，云溪区共开展督导检查46次（61场），其中经常性督导34次、专项督导9次、回头看3次，参加督学14人。学校覆盖率12/15（80.0%），校外培训机构覆盖率5/8。共判定督导要点1180项，达标率1067/1180（90.4%）。
本期新登记问题24个（严重5个、较重5个、一般14个），立行立改4个，现场提醒31项；下发整改通知书18份，已签收17份。
本通报数据截至2026年9月30日24时，其后的变化不影响本通报；学校自查发现的问题不计入本通报。
另有1次检查在上期截止前到访、其后上传，已作补录计入本期。
上期通报（云教督通〔2026〕8号）已签收14/15（93.3%）。",
  "practice": "1.云溪区实验小学：建立作业总量年级组统筹制度，学科教师轮值公示，家长可扫码查询。
2.云溪区第二初级中学：课后服务分时段放学，并为家长下班晚的学生延时至18:30。",
  "problems": "本期新登记问题24个，主要集中在作业管理（5个）、课后服务（5个）、考试管理（5个）。具体情况如下，逐校清单见附件1。其中2个问题申辩正在办理或已撤销，本通报不点名。",
  "requirements": "（一）压实整改责任。各有关单位要对照附件1逐条制定整改措施，明确责任人和完成时限，本期新登记问题须在各自期限内（最迟2026年10月27日）申请销号。
（二）抓紧办结逾期问题。期末仍有逾期问题2个，有关单位要立即整改并书面说明原因；仍不落实的，按规定督办、约谈直至问责。
（三）严防问题反弹。本期认定反弹1个，有关单位要查明原因、举一反三，完善长效机制。
（四）规范核验销号。责任督学要按规定到校核验，谁核验、谁负责；申请人、核验人、审批人不得为同一人。",
}
`);
    expect(closeoutText(snapshot)).toMatchInlineSnapshot(`
[
  "原定整改期限在本期的问题共12个，截至2026年9月30日24时已销号8个，销号率8/12（66.7%）。其中按原期限销号4/12（33.3%），计入批准延期后按期销号6/12（50.0%）；逾期后销号2个，未逾期未销号2个，逾期未销号2个。明细见附件2。",
  "本期共销号29个，退回重改3次，批准延期2次，撤销1个；认定反弹1个，再次查见2次。",
  "期末台账未销号问题57个，其中单位逾期2个；等待核验、审批和申辩处理中超过督导机构办理时限的1个。",
  "截至截止时刻仍有逾期问题的单位：云溪区第9小学（1个，最长逾期20天）。",
  "对整改不力的问题，本期采取督办1次、催办1次。",
]
`);
  });

  it('stays true when nothing happened', () => {
    const quiet = circularSnapshot({ schools: 1, issues: 0 });
    const { problems } = freezeCircular(quiet).narrative;
    expect(problems).toBe('本期没有新登记的问题。');
    expect(closeoutText(quiet)[0]).toBe('本期没有原定期限到期的问题。');
    const empty = emptyMonth();
    expect(freezeCircular(empty).narrative).toMatchInlineSnapshot(`
{
  "overview": "2026年9月，云溪区没有已提交的督导检查。
本期没有新登记的问题，没有下发整改通知书。
本通报数据截至2026年9月30日24时，其后的变化不影响本通报；学校自查发现的问题不计入本通报。",
  "practice": "本期没有督导检查，没有单列的经验做法。",
  "problems": "本期没有新登记的问题。",
  "requirements": "（一）巩固整改成果。期末没有未销号问题，各单位要对已销号问题开展回头看，防止反弹。
（二）坚持举一反三。各学校要对照督导要点开展自查，自查发现的问题自行整改，不作通报。",
}
`);
    expect(closeoutText(empty)).toMatchInlineSnapshot(`
[
  "本期没有原定期限到期的问题。",
  "本期没有销号、退回重改、延期和撤销，没有认定反弹和再次查见的问题。",
  "期末台账没有未销号的问题。",
]
`);
    const open = freezeCircular({ ...empty, ledger: { ...empty.ledger, open: 3 } }).narrative.requirements;
    expect(open.split('\n')[0]).toBe(
      '（一）压实整改责任。期末台账未销号问题3个，各有关单位要明确责任人和完成时限，按期整改、申请销号。',
    );
    expect(open).toContain('期末没有逾期问题');
  });

  it('says nothing of a kind of unit that the district does not have', () => {
    const institutions = { numerator: 0, denominator: 0 };
    const { overview } = freezeCircular({
      ...snapshot,
      overview: { ...snapshot.overview, institutions },
    }).narrative;
    expect(overview).toContain('学校覆盖率12/15（80.0%）。共判定');
    expect(overview).not.toMatch(/培训机构|—/);
  });

  it('names the circular that it corrects, and what it corrects in it', () => {
    const corrects = { documentNumber: '云教督通〔2026〕9号', title: '关于…的通报', issuedOn: '2026-10-09' };
    expect(circularTitle({ ...snapshot, corrects })).toBe('关于更正云教督通〔2026〕9号文件有关内容的通报');
    const changes = [
      { key: 'overview.visits', title: '督导检查次数', unit: '次', before: '45', after: '46' },
      { key: 'overview.schools', title: '学校覆盖率', unit: '所', before: '11/15（73.3%）', after: '…' },
      { key: 'category.homework.issues', title: '作业管理：新登记问题', unit: '个', before: '4', after: '5' },
    ];
    const opening = (more: object) =>
      freezeCircular({ ...snapshot, corrects: { ...corrects, ...more } }).narrative.lead;
    const named =
      '2026年10月9日，云溪区人民政府教育督导室印发了《关于…的通报》（云教督通〔2026〕9号）。经核实，';
    const then = '现将更正后的情况通报如下，原通报与本通报不一致的，以本通报为准。';
    expect(opening({ changes })).toBe(
      `${named}通报的部分统计数据需要更正：` +
        '督导检查次数由45次更正为46次；学校覆盖率由11/15（73.3%）更正为12/15（80.0%）；各类要点和监测数值更正1项。' +
        then,
    );
    expect(opening({ changes: [] })).toBe(`${named}通报的统计数据不变，有关文字内容需要更正。${then}`);
    expect(snapshot.narrative).not.toHaveProperty('lead');
  });
});

describe('figures in the text', () => {
  const snapshot = circularSnapshot();
  const { template, tokens } = snapshot;
  const text = (edits: Partial<CircularNarrative>, annexes: CircularAnnex[] = [...CIRCULAR_ANNEXES]) =>
    narrativeText(snapshot, edits, annexes);

  it('are tokens, each with what stands in its place', () => {
    expect(template!.overview).toContain('共开展督导检查{{overview.visits}}次（{{overview.sessions}}场）');
    for (const part of Object.values(template!)) expect(unknownTokens(part, tokens!)).toEqual([]);
    expect(text({})).toEqual(snapshot.narrative);
    expect(JSON.stringify(snapshot.narrative)).not.toContain('{{');
  });

  it('may be moved and dropped, and always come from the snapshot', () => {
    const overview = '查见{{overview.issues}}个问题，达标{{overview.met_rate.numerator}}项。';
    expect(text({ overview }).overview).toBe('查见24个问题，达标1067项。');
    expect(text({ overview }).practice).toBe(snapshot.narrative.practice);
    expect(unknownTokens('{{overview.visits}}{{overview.visit}}{{ x }}{{overview.visit}}', tokens!)).toEqual([
      'overview.visit',
      ' x ',
    ]);
    expect(unknownTokens('{{constructor}}{{__proto__}}', tokens!)).toEqual(['constructor', '__proto__']);
  });

  it('point at the annexes as they are numbered, and at none that is left out', () => {
    expect(text({}, ['issues']).problems).toContain('具体情况如下，逐校清单见附件。');
    expect(text({}, ['closeout', 'figures']).problems).toContain('具体情况如下。');
    expect(text({}, ['closeout', 'figures']).requirements).toContain('要对照本通报逐条制定');
    expect(closeoutText(snapshot, ['closeout', 'figures'])[0]).toContain('明细见附件1。');
    expect(closeoutText(snapshot, ['issues'])[0]).not.toContain('明细');
  });

  it('are never made of what somebody wrote into a record', () => {
    const practice = [
      { unit: snapshot.practice[0]!.unit, on: '2026-09-03', text: '{{overview.visits}}次{{x}}' },
    ];
    const hostile = freezeCircular({ ...snapshot, practice });
    expect(hostile.narrative.practice).toBe(
      `1.${practice[0]!.unit.name}：｛｛overview.visits｝｝次｛｛x｝｝。`,
    );
  });

  it('name a school once, whatever number of visits praised it', () => {
    const [first, second] = [snapshot.practice[0]!, snapshot.practice[1]!];
    const again = { ...first, on: '2026-09-20' };
    const practice = [first, second, { ...again, text: '大课间师生同练' }, again];
    expect(freezeCircular({ ...snapshot, practice }).narrative.practice).toBe(
      '1.云溪区实验小学：建立作业总量年级组统筹制度，学科教师轮值公示，家长可扫码查询。大课间师生同练。\n' +
        '2.云溪区第二初级中学：课后服务分时段放学，并为家长下班晚的学生延时至18:30。',
    );
  });

  it('are left alone in a circular frozen before there were any', () => {
    const { template: _, tokens: __, ...old } = snapshot;
    const overview = '本期{{overview.visits}}次';
    expect(narrativeText(old, { overview }, CIRCULAR_ANNEXES).overview).toBe(overview);
  });
});

describe('what stands behind the figures', () => {
  const { schools: n, ...facts } = { ...circularSnapshot({ schools: 1, issues: 0 }), schools: 1 };
  const visit = (id: string): Subject => ({ type: 'visit', id, unitId: 'u', data: {} });

  it('is there for every figure and makes it, or nothing is frozen', () => {
    expect(n).toBe(1);
    expect(() => lineageOf(facts, new Map(), [])).toThrow('no rows are kept behind overview.visits');
    const rows = new Map<string, FigureRow[]>(
      allFigures(facts).map((figure) => [
        figure.key,
        'value' in figure
          ? [{ subject: visit(figure.key), weight: figure.value }]
          : [{ subject: visit(figure.key), weight: figure.denominator, numerator: figure.numerator }],
      ]),
    );
    const made = lineageOf(facts, rows, []);
    expect(made.figures.map(({ figure }) => figure.key)).toEqual(allFigures(facts).map(({ key }) => key));
    for (const one of made.figures) expect(one.figure).toMatchObject(figureOfRows(one));
    expect(() => lineageOf(facts, new Map([...rows, ['x', []]]), [])).toThrow('rows without a figure: x');
    const wrong = new Map(rows).set('overview.visits', [{ subject: visit('a') }]);
    expect(() => lineageOf(facts, wrong, [])).toThrow('the rows behind overview.visits make {"value":1}');
  });

  it('adds up, averages and finds the ends', () => {
    const rows = { members: [0, 1, 2], weights: [1, 2, 4], numerators: [1, 0, 3] };
    const of = (aggregate: Aggregate) => figureOfRows({ ...rows, aggregate });
    expect(of('sum')).toEqual({ value: 7 });
    expect(of('rate')).toEqual({ numerator: 4, denominator: 7 });
    expect([of('mean'), of('min'), of('max')]).toEqual([{ value: 2.333 }, { value: 1 }, { value: 4 }]);
    expect(figureOfRows({ aggregate: 'sum', members: [5, 6], weights: null, numerators: null })).toEqual({
      value: 2,
    });
  });
});
