/** The looks of a cell, by name; the index of a look is its place in this table. */
export type Look =
  | 'plain'
  | 'head'
  | 'text'
  | 'wrapped'
  | 'date'
  | 'minute'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'percent'
  | 'title'
  | 'mark'
  | 'link'
  | 'back'
  | 'name'
  | 'totalText'
  | 'totalInteger'
  | 'totalCount'
  | 'totalPercent';

interface LookRow {
  /** 0 general, 1 integer, 49 text (editing a text cell then keeps it text), 164 on: FORMATS. */
  format: number;
  font: number;
  fill: number;
  border: number;
  alignment: string;
  /** Its named style; 0 is 常规. */
  style?: number;
}

const FORMATS = ['yyyy\\-mm\\-dd', '0.00', '0.0%', '&quot;共&quot;0&quot;条&quot;', 'yyyy\\-mm\\-dd\\ hh:mm'];
const TOP = 'vertical="top"';
const MIDDLE = 'vertical="center"';

const LOOKS: Record<Look, LookRow> = {
  plain: { format: 0, font: 0, fill: 0, border: 0, alignment: '' },
  head: {
    format: 49,
    font: 1,
    fill: 2,
    border: 1,
    alignment: `horizontal="center" ${MIDDLE} wrapText="1"`,
    style: 1,
  },
  text: { format: 49, font: 0, fill: 0, border: 1, alignment: TOP },
  wrapped: { format: 49, font: 0, fill: 0, border: 1, alignment: `${TOP} wrapText="1"` },
  date: { format: 164, font: 0, fill: 0, border: 1, alignment: `horizontal="center" ${TOP}` },
  minute: { format: 168, font: 0, fill: 0, border: 1, alignment: `horizontal="center" ${TOP}` },
  integer: { format: 1, font: 0, fill: 0, border: 1, alignment: TOP },
  number: { format: 0, font: 0, fill: 0, border: 1, alignment: TOP },
  decimal: { format: 165, font: 0, fill: 0, border: 1, alignment: TOP },
  percent: { format: 166, font: 0, fill: 0, border: 1, alignment: TOP },
  title: { format: 49, font: 2, fill: 0, border: 0, alignment: MIDDLE, style: 4 },
  mark: { format: 49, font: 3, fill: 0, border: 0, alignment: MIDDLE },
  link: { format: 49, font: 4, fill: 0, border: 1, alignment: `${TOP} wrapText="1"`, style: 3 },
  back: { format: 49, font: 4, fill: 0, border: 0, alignment: MIDDLE, style: 3 },
  name: { format: 49, font: 1, fill: 0, border: 0, alignment: MIDDLE },
  totalText: { format: 49, font: 1, fill: 0, border: 2, alignment: MIDDLE, style: 2 },
  totalInteger: { format: 1, font: 1, fill: 0, border: 2, alignment: MIDDLE, style: 2 },
  totalCount: {
    format: 167,
    font: 1,
    fill: 0,
    border: 2,
    alignment: `horizontal="left" ${MIDDLE}`,
    style: 2,
  },
  totalPercent: { format: 166, font: 1, fill: 0, border: 2, alignment: MIDDLE, style: 2 },
};

const ORDER = Object.keys(LOOKS) as Look[];

/** The number by which a cell names its look. */
export const STYLE = Object.fromEntries(ORDER.map((look, index) => [look, index])) as Record<Look, number>;

/** What a condition lays over a cell, by its number in `dxfs`. */
export const OVERLAY = { alarm: 0, notice: 1 };

const font = (size: number, more = '', rgb?: string): string =>
  `<font>${more}<sz val="${size}"/>${rgb ? `<color rgb="${rgb}"/>` : ''}<name val="宋体"/></font>`;
const FONTS = [
  font(10),
  font(10, '<b/>'),
  font(16, '<b/>'),
  font(12, '<b/>', 'FFC00000'),
  font(10, '<u/>', 'FF0563C1'),
];
const solid = (rgb: string): string =>
  `<fill><patternFill patternType="solid"><fgColor rgb="${rgb}"/><bgColor indexed="64"/></patternFill></fill>`;
const FILLS = [
  '<fill><patternFill patternType="none"/></fill>',
  '<fill><patternFill patternType="gray125"/></fill>',
  solid('FFE7ECF4'),
];
const edge = (side: string, style: string, rgb: string): string =>
  `<${side} style="${style}"><color rgb="${rgb}"/></${side}>`;
const GREY = 'FFBFBFBF';
const BORDERS = [
  '<border><left/><right/><top/><bottom/><diagonal/></border>',
  `<border>${['left', 'right', 'top', 'bottom'].map((side) => edge(side, 'thin', GREY)).join('')}<diagonal/></border>`,
  `<border>${edge('left', 'thin', GREY)}${edge('right', 'thin', GREY)}${edge('top', 'double', 'FF1F3A5F')}${edge('bottom', 'thin', GREY)}<diagonal/></border>`,
];
/** Named styles, as Excel's 单元格样式 lists them; built-in numbers where Excel has the style itself. */
const NAMED: { name: string; builtin: number | null; look: Look }[] = [
  { name: '常规', builtin: 0, look: 'plain' },
  { name: '督导表头', builtin: null, look: 'head' },
  { name: '督导合计', builtin: null, look: 'totalText' },
  { name: '超链接', builtin: 8, look: 'back' },
  { name: '督导标题', builtin: null, look: 'title' },
];
/** Over a cell whatever its own look: the words say it too, colour alone says nothing. */
const OVERLAYS = [
  '<dxf><font><b/><color rgb="FFC00000"/></font><fill><patternFill patternType="solid"><fgColor rgb="FFFDECEA"/><bgColor rgb="FFFDECEA"/></patternFill></fill></dxf>',
  '<dxf><fill><patternFill patternType="solid"><fgColor rgb="FFFFF6DD"/><bgColor rgb="FFFFF6DD"/></patternFill></fill></dxf>',
];

const list = (name: string, items: string[]): string =>
  `<${name} count="${items.length}">${items.join('')}</${name}>`;

/** xl/styles.xml. */
export const STYLES_XML =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  list(
    'numFmts',
    FORMATS.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code}"/>`),
  ) +
  list('fonts', FONTS) +
  list('fills', FILLS) +
  list('borders', BORDERS) +
  list(
    'cellStyleXfs',
    NAMED.map(({ look }) => xf(LOOKS[look], false)),
  ) +
  list(
    'cellXfs',
    ORDER.map((look) => xf(LOOKS[look], true)),
  ) +
  list(
    'cellStyles',
    NAMED.map(
      ({ name, builtin }, i) =>
        `<cellStyle name="${name}" xfId="${i}"${builtin === null ? '' : ` builtinId="${builtin}"`}/>`,
    ),
  ) +
  `${list('dxfs', OVERLAYS)}</styleSheet>`;

function xf(look: LookRow, ofCell: boolean): string {
  const apply = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"';
  const named = ofCell ? ` xfId="${look.style ?? 0}"` : '';
  const open = `<xf numFmtId="${look.format}" fontId="${look.font}" fillId="${look.fill}" borderId="${look.border}"${named} ${apply}`;
  return look.alignment === '' ? `${open}/>` : `${open}><alignment ${look.alignment}/></xf>`;
}
