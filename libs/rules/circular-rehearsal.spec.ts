import { circularSnapshot } from '../documents/fixtures/circular.js';
import { CIRCULAR_ANNEXES, narrativeText } from './circular.js';
import { annexesBeyond, knownNumbers, namesIn, numbersByHand, numbersIn } from './circular-rehearsal.js';

describe('numbers typed by hand', () => {
  const numbers = (text: string, names?: string[]) => numbersIn(text, names).map((one) => one.text);

  it('are seen among words; dates, times, documents, clauses, classes and tokens are no figures', () => {
    expect(numbers('全区共查见问题37个，达标率92.5%，涉及1,203名学生，完成34/40。')).toEqual([
      '37',
      '92.5',
      '1,203',
      '34',
      '40',
    ]);
    for (const text of [
      '{{overview.visits}}次，达标率{{overview.met_rate}}。',
      '2026年9月30日前，9月底，9月3日至15日，2025—2026学年，18:30放学，截至24时，8时30分',
      '（云教督通〔2026〕8号）和教基厅〔2021〕13号第6条、第3款，附件2、表1',
      '3—6年级、三年级（2）班、5年级3班',
      '1.某校：有经验。',
      '（2）某校',
      '第9小学、第2中学',
    ]) {
      expect([text, numbers(text)]).toEqual([text, []]);
    }
    expect(numbers('共查见问题３７个')).toEqual(['37']);
    expect(numbers('云溪101中学查见问题3个', ['云溪101中学'])).toEqual(['3']);
  });

  it('are found paragraph by paragraph where the snapshot does not have them', () => {
    const snapshot = circularSnapshot();
    const overview = '本期检查46次，达标率90.4%。\n共查见问题9999个，其中{{overview.issues_serious}}个严重。';
    expect(knownNumbers(snapshot).has(46)).toBe(true);
    expect(numbersByHand({ overview }, snapshot, [])).toEqual([
      {
        code: 'figures_by_hand',
        severity: 'warns',
        text: `“督查概况”第2段的数字9999不在快照中，请核对或改用数字标记：${overview.split('\n')[1]}`,
        items: ['9999'],
        part: 'overview',
        paragraph: 2,
      },
    ]);
  });

  it('are none in what the figures say of themselves', () => {
    const snapshot = circularSnapshot();
    const { practice: _, ...composed } = narrativeText(snapshot, {}, CIRCULAR_ANNEXES);
    expect(numbersByHand(composed, snapshot, [])).toEqual([]);
  });
});

describe('names and annexes in the text', () => {
  it('are found whole: a school is not the branch that has its name in it', () => {
    const names = ['明德小学', '明德小学东校区', '育才初级中学'];
    expect(namesIn('明德小学东校区整改到位。', names)).toEqual(['明德小学东校区']);
    expect(namesIn('明德小学、明德小学东校区均已整改。', names)).toEqual(['明德小学东校区', '明德小学']);
    expect(namesIn('各学校', names)).toEqual([]);
    for (const written of ['明 德 小 学', '明德　小学', '明德\u200b小学', '明\u00ad德小学']) {
      expect([written, namesIn(`经查，${written}`, names)]).toEqual([written, ['明德小学']]);
    }
    expect(namesIn('云溪１０１中学', ['云溪101中学'])).toEqual(['云溪101中学']);
  });

  it('annexes that there are not', () => {
    const text = { overview: '见附件1', practice: '', problems: '见附件3和附件', requirements: '' };
    expect(annexesBeyond(text, 3)).toEqual([]);
    expect(annexesBeyond(text, 2)).toMatchObject([{ part: 'problems', paragraph: 1, items: ['附件3'] }]);
    expect(annexesBeyond(text, 0)).toMatchObject([{ items: ['附件1'] }, { items: ['附件3', '附件'] }]);
  });
});
