/** 版头, title, attachment note, signature and 版记 of a letter as paragraphs that an officer goes on editing (7.2–7.4). */
import { cleanText } from '../page/clean-text.js';
import { SIZE } from '../page/geometry.js';
import type { Shaper } from '../page/glyphs.js';
import { breakClass } from '../page/line-breaking.js';
import { titleLines } from '../page/title.js';
import { ANCHOR_TWIPS, CELL_TWIPS, ems, HEIGHT, LINE_TWIPS, mmTwips, twips, WIDTH } from './measures.js';
import { STYLES } from './styles.js';
import { paragraph, run } from './xml.js';

/** Characters' widths without a font: it is on the computer that opens the file, and Chinese is set in squares. */
const squares: Shaper = (_face, text) =>
  [...cleanText(text)].map(
    // Lines are broken by width and kind alone.
    (char) =>
      ({
        width: ems(char) * 1000,
        kind: breakClass(char.codePointAt(0) as number),
      }) as ReturnType<Shaper>[number],
  );

/** The size of the heading is the office's to choose; a long name is set narrower, as offices do, and only then smaller. */
const HEADING = 42;
const NARROWEST = 62;
const HEADING_LINE = 44;
/** In a line of an exact height type lies a little lower than its middle: points that its ink begins under the line's top. */
const INK_TOP = 2;

/** 发文机关标志 35 mm under the type area's edge on one line, 发文字号 two lines below, red rule 4 mm under it (7.2). */
export function redHead(heading: string, number: string): string {
  const room = (WIDTH / 20) * 0.985;
  const full = Math.max(1, ems(heading)) * HEADING;
  const narrow = Math.max(NARROWEST, Math.min(100, Math.floor((room / full) * 100)));
  const size = Math.floor(Math.min(HEADING, (HEADING * room) / full / (narrow / 100)) * 2);
  const type = `<w:w w:val="${narrow}"/><w:sz w:val="${size}"/><w:szCs w:val="${size}"/>`;
  const spacing = `<w:spacing w:before="${mmTwips(35) - twips(INK_TOP)}" w:line="${twips(HEADING_LINE)}" w:lineRule="exact"/>`;
  return paragraph('Mark', run(heading, type), { spacing }) + paragraph('Number', run(number));
}

/** A title whose lines are broken between words into a trapezium or a rhombus; `first` keeps a line of its own. */
export function titleXml(title: string, first?: string, style = 'Title', width = WIDTH): string {
  const size = STYLES[style]?.size ?? SIZE.second;
  return paragraph(style, run(titleLines(squares, title, first, width / 20 / size).join('\n')));
}

const indent = (values: Record<string, number>): string =>
  `<w:ind${Object.entries(values)
    .map(
      ([name, characters]) =>
        ` w:${name}Chars="${Math.round(characters * 100)}" w:${name}="${Math.round(characters * CELL_TWIPS)}"`,
    )
    .join('')}/>`;

/** `附件：1.××`, further names under the first, each hanging from its own first character (7.3.4). */
export function attachmentNote(names: string[]): string {
  return names
    .map((name, index) => {
      const one = names.length === 1;
      const label = `${index === 0 ? '附件：' : ''}${one ? '' : `${index + 1}.`}`;
      const left = one ? 5 : 6;
      const hanging = (index === 0 ? 3 : 0) + (one ? 0 : 1);
      return paragraph('Annex', run(`${label}${name}`), {
        spacing: index === 0 ? `<w:spacing w:before="${LINE_TWIPS}"/>` : '',
        ind: indent({ left, hanging }),
      });
    })
    .join('');
}

/** Lines above the signature: a seal of 42 mm over it then begins within one line of the text. */
const SEAL_LINES = 2;

/** The date four characters from the right, the office centred over it; a seal is stamped by a person (7.3.5). */
export function signature(office: string, date: string, section?: string): string {
  const half = Math.max(ems(office), ems(date)) / 2;
  const middle = Math.max(4 + ems(date) / 2, Math.min(half, 14));
  const right = (text: string): string => indent({ right: Math.max(0, middle - ems(text) / 2) });
  const spacing = `<w:spacing w:before="${SEAL_LINES * LINE_TWIPS}"/>`;
  return (
    paragraph('Signature', run(office), { spacing, ind: right(office) }) +
    paragraph('SignedOn', run(date), { ind: right(date), section })
  );
}

/** 附件n in the first line of a new page, its title in the third (7.3.8). */
export const attachmentHead = (label: string, title: string, width = WIDTH): string =>
  paragraph('AnnexLabel', run(label)) + titleXml(title, undefined, 'AnnexTitle', width);

const rule = (side: string, size: number, space = 0): string =>
  `<w:${side} w:val="single" w:sz="${size}" w:space="${space}" w:color="000000"/>`;
/** 0.35 mm and 0.25 mm in eighths of a point. */
const THICK = 8;
const THIN = 6;

export interface Imprint {
  /** 主送机关 where they are too many for the first page; usually none. */
  recipients: string[];
  copies: string[];
  office: string;
  /** `2026年10月9日` without 印发, or empty while the document is a draft. */
  date: string;
  /** Finished paragraphs right over it. */
  over?: string;
}

/**
 * 抄送机关, 印发机关 and 印发日期 between their rules at the foot of the type area (7.4). They stand at the bottom of one cell as
 * tall as the area, so that the last rule stays on the area's edge when somebody adds a name; a list longer than the page goes on over it.
 */
export function imprint({ recipients, copies, office, date, over = '' }: Imprint): string {
  const size = twips(SIZE.fourth);
  const list = (label: string, names: string[], between: string): string =>
    names.length === 0
      ? ''
      : paragraph('Imprint', run(`${label}${names.join(between)}。`), {
          ind: `<w:ind w:left="${4 * size}" w:right="${size}" w:hanging="${3 * size}"/>`,
        });
  const lists = list('主送：', recipients, '、') + list('抄送：', copies, '，');
  const printed = paragraph(
    'Imprint',
    `${run(office)}<w:r><w:tab/></w:r>${run(date === '' ? '（未印发）' : `${date}印发`)}`,
    {
      tabs: `<w:tabs><w:tab w:val="right" w:pos="${WIDTH - size}"/></w:tabs>`,
      ind: `<w:ind w:left="${size}" w:right="${size}"/>`,
    },
  );
  const inner = ruled(
    rule('top', THICK) + rule('insideH', THIN),
    [lists, printed].filter(Boolean).map((content) => row(content)),
  );
  const whole = `<w:trPr><w:trHeight w:val="${HEIGHT - ANCHOR_TWIPS}" w:hRule="atLeast"/></w:trPr>`;
  const outer = row(`${over}${inner}${paragraph('Anchor', '')}`, whole, '<w:vAlign w:val="bottom"/>');
  // A page that begins with a table loses its section in LibreOffice: a paragraph stands before it.
  return paragraph('Anchor', '') + ruled(rule('bottom', THICK), [outer]) + paragraph('Anchor', '');
}

const row = (content: string, height = '', align = ''): string =>
  `<w:tr>${height}<w:tc><w:tcPr><w:tcW w:w="${WIDTH}" w:type="dxa"/>${align}</w:tcPr>${content}</w:tc></w:tr>`;

const ruled = (borders: string, rows: string[]): string =>
  `<w:tbl><w:tblPr><w:tblW w:w="${WIDTH}" w:type="dxa"/><w:tblBorders>${borders}</w:tblBorders><w:tblLayout w:type="fixed"/>` +
  '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>' +
  `<w:tblGrid><w:gridCol w:w="${WIDTH}"/></w:tblGrid>${rows.join('')}</w:tbl>`;
