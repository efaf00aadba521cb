/** What a circular is looked over for before it is issued (预审). Pure; `libs/core/circulars/rehearsal/` brings the records. */
import type { CircularFacts, CircularNarrative } from './circular.js';
import { allFigures } from './circular-lineage.js';
import { percentage } from './rate.js';

/** `blocks`: not issued as it is; `warns`: somebody should decide; `informs`: good to know. */
export const REHEARSAL_SEVERITIES = ['blocks', 'warns', 'informs'] as const;
export type RehearsalSeverity = (typeof REHEARSAL_SEVERITIES)[number];

/** Every finding there is, with its severity; the text is made where it is found. */
const REHEARSAL = {
  period_issued: 'warns',
  names_disputed_unit: 'blocks',
  objections_since: 'blocks',
  no_signer: 'blocks',
  praises_disputed_unit: 'warns',
  late_visits: 'warns',
  figures_by_hand: 'warns',
  unknown_unit: 'warns',
  annex_missing: 'warns',
  recipients_missing: 'warns',
  drafter_cannot_sign: 'warns',
  letterhead_default: 'warns',
  correction_same: 'warns',
  figures_changed: 'informs',
  objections_open: 'informs',
  issues_changed: 'informs',
  notices_unreceived: 'informs',
  previous_unreceived: 'informs',
  period_unfinished: 'informs',
} as const satisfies Record<string, RehearsalSeverity>;
export type RehearsalCode = keyof typeof REHEARSAL;
export const REHEARSAL_CODES = Object.keys(REHEARSAL) as RehearsalCode[];

export type RehearsalFinding = {
  code: RehearsalCode;
  severity: RehearsalSeverity;
  /** One sentence in Chinese. */
  text: string;
  /** What it is about, one by one: issues, visits, units, figures. */
  items: string[];
  /** Part of the text and paragraph (from 1), where it is about the text. */
  part: keyof CircularNarrative | null;
  paragraph: number | null;
};

/** A finding with the severity that its code has in the table. `items` name what it is about, `at` where in the text it is. */
export const finding = (
  code: RehearsalCode,
  text: string,
  items: string[] = [],
  at: Partial<Pick<RehearsalFinding, 'part' | 'paragraph'>> = {},
): RehearsalFinding => ({
  code,
  severity: REHEARSAL[code],
  text,
  items,
  part: at.part ?? null,
  paragraph: at.paragraph ?? null,
});

export const PART_TITLES: Record<keyof CircularNarrative, string> = {
  lead: '导语',
  overview: '督查概况',
  practice: '好的做法',
  problems: '主要问题',
  requirements: '下一步要求',
};

/** Every number that a circular says of its period, as a number: figures, parts of rates, percentages, limits. */
export function knownNumbers(facts: CircularFacts): Set<number> {
  const known = new Set<number>();
  for (const figure of allFigures(facts)) {
    if ('value' in figure) known.add(figure.value);
    else {
      known.add(figure.numerator).add(figure.denominator);
      const percent = percentage(figure);
      if (percent !== null) known.add(percent);
    }
  }
  const limits = [
    ...facts.measurements.map(({ limit }) => limit ?? ''),
    ...facts.issues.flatMap(({ standardValue, measuredValue }) => [standardValue ?? '', measuredValue ?? '']),
  ];
  for (const [number] of limits.join(' ').matchAll(/\d+(?:\.\d+)?/g)) known.add(Number(number));
  return known;
}

/** What has digits and is no figure: dates, times, numbers of documents, clauses, annexes and classes, ordinals, tokens. */
const NO_FIGURE = [
  /\{\{[^{}\n]*\}\}/g,
  /[〔[（(]\d{4}[〕\]）)]\s*\d+\s*号/g,
  /\d{4}\s*[—–-]\s*\d{4}\s*学?年度?/g,
  /\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?/g,
  /\d{1,2}\s*月(?:份|底|初|中旬|上旬|下旬|\s*\d{1,2}\s*日)?/g,
  /\d{1,2}\s*日/g,
  /\d{1,2}\s*[:：]\s*\d{2}/g,
  /\d{1,2}\s*时(?:\d{1,2}\s*分)?(?!间)/g,
  /第\s*\d+\s*(?:条|款|项|号|期|次|季度|周|年|学期|中学|小学|幼儿园|学校)/g,
  /(?:附件|附表|表|图)\s*\d+/g,
  /\d+\s*[—–-]\s*\d+\s*年级|\d+\s*年级|[（(]\s*\d+\s*[）)]\s*班|\d+\s*班/g,
  /^\s*[（(]?\d+[.．、）)]/g,
];

/** Numbers in a paragraph, tokens and what is no figure left out: `12`, `85.0`, `1200`. `names`: of units, which may have digits. */
export function numbersIn(
  paragraph: string,
  names: readonly string[] = [],
): { text: string; value: number }[] {
  let rest = paragraph;
  for (const name of byLength(names.filter((one) => /\d/.test(one)))) rest = rest.replaceAll(name, '　');
  rest = rest.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  for (const pattern of NO_FIGURE) rest = rest.replace(pattern, '　');
  return [...rest.matchAll(/\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?/g)].map(([text]) => ({
    text,
    value: Number(text.replaceAll(',', '')),
  }));
}

/** Paragraphs of the edited parts with numbers that the snapshot does not have. */
export function numbersByHand(
  edited: Partial<CircularNarrative>,
  facts: CircularFacts,
  names: readonly string[],
): RehearsalFinding[] {
  const known = knownNumbers(facts);
  return eachParagraph(edited).flatMap(({ part, paragraph, text }) => {
    const strange = numbersIn(text, names).filter(({ value }) => !known.has(value));
    if (strange.length === 0) return [];
    const list = [...new Set(strange.map((one) => one.text))];
    return [
      finding(
        'figures_by_hand',
        `“${PART_TITLES[part]}”第${paragraph}段的数字${list.join('、')}不在快照中，请核对或改用数字标记：${text}`,
        list,
        { part, paragraph },
      ),
    ];
  });
}

/**
 * Names that a text says, the longest first: within `明德小学东校区` there is no `明德小学`. Spaces, what cannot be seen and
 * full or half width make no other name.
 */
export function namesIn(text: string, names: readonly string[]): string[] {
  let rest = seen(text);
  return byLength([...new Set(names)]).filter((given) => {
    const name = seen(given);
    if (name === '' || !rest.includes(name)) return false;
    rest = rest.replaceAll(name, '\n');
    return true;
  });
}

const seen = (text: string): string =>
  text.normalize('NFKC').replace(/[\s\p{Cc}\p{Cf}\p{Variation_Selector}]+/gu, '');

const byLength = (names: readonly string[]): string[] =>
  names.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));

/** The paragraphs of a text, part by part; `paragraph` counts from 1. */
export const eachParagraph = (narrative: Partial<CircularNarrative>) =>
  (Object.keys(PART_TITLES) as (keyof CircularNarrative)[]).flatMap((part) =>
    (narrative[part] ?? '').split('\n').map((text, i) => ({ part, paragraph: i + 1, text })),
  );

/** Annexes that a text points at by a number typed in, beyond those that there are. */
export function annexesBeyond(narrative: CircularNarrative, annexes: number): RehearsalFinding[] {
  return eachParagraph(narrative).flatMap(({ part, paragraph, text }) => {
    const beyond = [...text.matchAll(/附件\s*(\d*)/g)].filter(
      ([, number]) => annexes === 0 || (number !== '' && Number(number) > annexes),
    );
    if (beyond.length === 0) return [];
    const list = [...new Set(beyond.map(([whole]) => whole))];
    return [
      finding(
        'annex_missing',
        `“${PART_TITLES[part]}”第${paragraph}段提到${list.join('、')}，本通报没有这个附件`,
        list,
        { part, paragraph },
      ),
    ];
  });
}
