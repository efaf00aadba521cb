/** TABLE of the styles: every element of the standard has one, under the name by which the office knows it. */
import { XML } from '../ooxml/names.js';
import { SIZE } from '../page/geometry.js';
import {
  ANCHOR_TWIPS,
  CAPTION_TWIPS,
  CELL_SIDE,
  CELL_TWIPS,
  CHART_GAP,
  HEADER_LINE,
  LINE_TWIPS,
  TRACKING,
  twips,
  UNDER_NUMBER,
} from './measures.js';
import { W } from './xml.js';

/** The fonts as the standard's templates name them; they are those of the computer that opens the file. */
export const FONTS = {
  fang: '仿宋_GB2312',
  kai: '楷体_GB2312',
  hei: '黑体',
  title: '方正小标宋简体',
  song: '宋体',
} as const;
type Font = keyof typeof FONTS;

export const RED = 'E01010';
const RULE = `<w:bottom w:val="single" w:sz="12" w:space="8" w:color="${RED}"/>`;

interface Style {
  name: string;
  font?: Font;
  /** Points. */
  size?: number;
  color?: string;
  basedOn?: string;
  next?: string;
  keepNext?: boolean;
  newPage?: boolean;
  border?: string;
  /** As high as what stands in the line: in one of an exact height a picture is cut off. */
  free?: boolean;
  /** Twips: exact pitch, and blank space above and below. */
  line?: number;
  before?: number;
  after?: number;
  /** Characters of indent of the first line; hundredths are Word's unit. */
  firstLine?: number;
  ind?: string;
  jc?: 'both' | 'center' | 'left' | 'right';
  /** 0 is the first level of the navigation pane. */
  outline?: number;
}

const small = (name: string, size: number, line: number): Style => ({
  name,
  size,
  line,
  jc: 'left',
});

export const STYLES: Record<string, Style> = {
  Normal: { name: 'Normal', font: 'fang', size: SIZE.third, line: LINE_TWIPS, jc: 'both' },
  Body: { name: '公文正文', firstLine: 2 },
  Heading1: { name: 'heading 1', font: 'hei', next: 'Body', keepNext: true, firstLine: 2, outline: 0 },
  Heading2: { name: 'heading 2', font: 'kai', next: 'Body', keepNext: true, firstLine: 2, outline: 1 },
  Heading3: { name: 'heading 3', next: 'Body', keepNext: true, firstLine: 2, outline: 2 },
  Heading4: { name: 'heading 4', next: 'Body', keepNext: true, firstLine: 2, outline: 3 },
  Mark: { name: '发文机关标志', font: 'title', size: 42, color: RED, jc: 'center' },
  LetterMark: { name: '信函机关标志', font: 'title', size: 38, color: RED, line: 760, jc: 'center' },
  LetterNumber: { name: '信函文号', before: 150, jc: 'right' },
  SlipTitle: {
    name: '联名',
    font: 'title',
    size: SIZE.third,
    keepNext: true,
    after: Math.round(LINE_TWIPS / 4),
    jc: 'center',
  },
  Cut: { name: '骑缝', before: 340, after: 340, jc: 'left' },
  Number: { name: '发文字号', border: RULE, before: 2 * LINE_TWIPS, jc: 'center' },
  Title: {
    name: 'Title',
    font: 'title',
    size: SIZE.second,
    next: 'Body',
    before: 2 * LINE_TWIPS,
    jc: 'center',
  },
  Recipient: { name: '主送机关', next: 'Body', before: LINE_TWIPS },
  Annex: { name: '附件说明', keepNext: true, jc: 'left' },
  Signature: { name: '发文机关署名', next: 'SignedOn', keepNext: true, jc: 'right' },
  SignedOn: { name: '成文日期', next: 'Body', jc: 'right' },
  AnnexLabel: {
    name: '附件标记',
    font: 'hei',
    next: 'AnnexTitle',
    newPage: true,
    keepNext: true,
    jc: 'left',
  },
  AnnexTitle: {
    name: '附件标题',
    font: 'title',
    size: SIZE.second,
    next: 'Body',
    keepNext: true,
    before: LINE_TWIPS,
    after: Math.round(LINE_TWIPS / 2),
    jc: 'center',
    outline: 0,
  },
  Caption: {
    ...small('caption', SIZE.smallFourth, CAPTION_TWIPS),
    font: 'hei',
    before: twips(4),
    keepNext: true,
    jc: 'center',
  },
  Chart: { name: '图', size: 1, free: true, before: CHART_GAP, keepNext: true, jc: 'center' },
  ChartCaption: { ...small('图题', SIZE.smallFourth, CAPTION_TWIPS), font: 'hei', jc: 'center' },
  Remark: small('表注', SIZE.fifth, twips(16)),
  Anchor: small('版记位置', SIZE.fifth, ANCHOR_TWIPS),
  Gap: small('表后空行', SIZE.fifth, Math.round(LINE_TWIPS / 2)),
  Cell12: small('表格小四', SIZE.smallFourth, twips(17)),
  Cell10: small('表格五号', SIZE.fifth, twips(14.7)),
  Cell9: small('表格小五', 9, twips(13)),
  Head12: { name: '表头小四', basedOn: 'Cell12', font: 'hei', keepNext: true, jc: 'center' },
  Head10: { name: '表头五号', basedOn: 'Cell10', font: 'hei', keepNext: true, jc: 'center' },
  Head9: { name: '表头小五', basedOn: 'Cell9', font: 'hei', keepNext: true, jc: 'center' },
  Imprint: { ...small('版记', SIZE.fourth, twips(22)) },
  Header: { ...small('header', SIZE.smallFourth, HEADER_LINE), font: 'hei', color: '737373', jc: 'center' },
  Footer: { ...small('footer', SIZE.fourth, twips(20)), font: 'song', after: UNDER_NUMBER },
};

/** A heading's words at the beginning of a paragraph that goes on. */
const CHARACTER_STYLES: Record<string, { name: string; font: Font }> = {
  Hei: { name: '黑体字', font: 'hei' },
  Kai: { name: '楷体字', font: 'kai' },
};

const fontsOf = (font: Font): string => {
  const name = FONTS[font];
  return `<w:rFonts w:ascii="${name}" w:eastAsia="${name}" w:hAnsi="${name}" w:cs="${name}"/>`;
};
const sizeOf = (points: number): string => `<w:sz w:val="${points * 2}"/><w:szCs w:val="${points * 2}"/>`;

/** Elements in the order of the schema (CT_PPrBase, CT_RPr): Word refuses a file in which they stand otherwise. */
function styleXml(id: string, style: Style): string {
  const { font, size, color, free, line, before, after, firstLine } = style;
  const normal = id === 'Normal';
  const spacing = [
    before === undefined ? '' : ` w:before="${before}"`,
    after === undefined ? '' : ` w:after="${after}"`,
    free ? ' w:line="240" w:lineRule="auto"' : '',
    line === undefined ? '' : ` w:line="${line}" w:lineRule="exact"`,
  ].join('');
  const indent =
    firstLine === undefined
      ? ''
      : `<w:ind w:firstLineChars="${firstLine * 100}" w:firstLine="${firstLine * CELL_TWIPS}"/>`;
  const paragraph = [
    style.keepNext ? '<w:keepNext/>' : '',
    style.newPage ? '<w:pageBreakBefore/>' : '',
    normal ? '<w:widowControl w:val="0"/>' : '',
    style.border ? `<w:pBdr>${style.border}</w:pBdr>` : '',
    // Figures stand as close to characters as characters do. A closing mark may hang over the edge, as in every template of Word
    // and WPS; LibreOffice reads that switch the other way round and keeps it inside.
    normal
      ? '<w:kinsoku/><w:overflowPunct/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
      : '',
    spacing === '' ? '' : `<w:spacing${spacing}/>`,
    indent,
    style.jc ? `<w:jc w:val="${style.jc}"/>` : '',
    style.outline === undefined ? '' : `<w:outlineLvl w:val="${style.outline}"/>`,
  ].join('');
  const type = [
    font ? fontsOf(font) : '',
    color ? `<w:color w:val="${color}"/>` : '',
    size === undefined ? '' : `<w:spacing w:val="${normal ? TRACKING : 0}"/>${sizeOf(size)}`,
  ].join('');
  return (
    `<w:style w:type="paragraph"${normal ? ' w:default="1"' : ''} w:styleId="${id}"><w:name w:val="${style.name}"/>` +
    (normal ? '' : `<w:basedOn w:val="${style.basedOn ?? 'Normal'}"/>`) +
    `${style.next ? `<w:next w:val="${style.next}"/>` : ''}<w:qFormat/>` +
    `${paragraph === '' ? '' : `<w:pPr>${paragraph}</w:pPr>`}${type === '' ? '' : `<w:rPr>${type}</w:rPr>`}</w:style>`
  );
}

const LINES = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV']
  .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
  .join('');
const PADDING = Object.entries({ top: 60, left: CELL_SIDE, bottom: 60, right: CELL_SIDE })
  .map(([side, width]) => `<w:${side} w:w="${width}" w:type="dxa"/>`)
  .join('');

/** Latin letters and figures are no Chinese: as such LibreOffice would end a line inside of 16:50 or 2021. */
const LANGUAGES = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>';

export const STYLES_XML =
  `${XML}<w:styles ${W}><w:docDefaults><w:rPrDefault><w:rPr>${fontsOf('fang')}<w:kern w:val="0"/>${sizeOf(SIZE.third)}` +
  `${LANGUAGES}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
  Object.entries(STYLES)
    .map(([id, style]) => styleXml(id, style))
    .join('') +
  Object.entries(CHARACTER_STYLES)
    .map(
      ([id, { name, font }]) =>
        `<w:style w:type="character" w:customStyle="1" w:styleId="${id}"><w:name w:val="${name}"/><w:rPr>${fontsOf(font)}</w:rPr></w:style>`,
    )
    .join('') +
  '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>' +
  '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>' +
  '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr>' +
  `<w:tblBorders>${LINES}</w:tblBorders><w:tblCellMar>${PADDING}</w:tblCellMar></w:tblPr></w:style></w:styles>`;
