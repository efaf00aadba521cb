/** The looks of a cell, by name; the index of a look is its place in this table. */
export type Look =
  | 'plain'
  | 'head'
  | 'text'
  | 'wrapped'
  | 'date'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'percent'
  | 'title'
  | 'mark'
  | 'link';

interface LookRow {
  /** 0 general, 1 integer, 49 text (editing a text cell then keeps it text), 164 on: FORMATS. */
  format: number;
  font: number;
  fill: number;
  border: number;
  alignment: string;
}

const FORMATS = ['yyyy\\-mm\\-dd', '0.00', '0.0%'];
const TOP = 'vertical="top"';

const LOOKS: Record<Look, LookRow> = {
  plain: { format: 0, font: 0, fill: 0, border: 0, alignment: '' },
  head: {
    format: 49,
    font: 1,
    fill: 2,
    border: 1,
    alignment: 'horizontal="center" vertical="center" wrapText="1"',
  },
  text: { format: 49, font: 0, fill: 0, border: 1, alignment: TOP },
  wrapped: { format: 49, font: 0, fill: 0, border: 1, alignment: `${TOP} wrapText="1"` },
  date: { format: 164, font: 0, fill: 0, border: 1, alignment: `horizontal="center" ${TOP}` },
  integer: { format: 1, font: 0, fill: 0, border: 1, alignment: TOP },
  number: { format: 0, font: 0, fill: 0, border: 1, alignment: TOP },
  decimal: { format: 165, font: 0, fill: 0, border: 1, alignment: TOP },
  percent: { format: 166, font: 0, fill: 0, border: 1, alignment: TOP },
  title: { format: 49, font: 2, fill: 0, border: 0, alignment: 'vertical="center"' },
  mark: { format: 49, font: 3, fill: 0, border: 0, alignment: 'vertical="center"' },
  link: { format: 49, font: 4, fill: 0, border: 1, alignment: TOP },
};

const ORDER = Object.keys(LOOKS) as Look[];

/** The number by which a cell names its look. */
export const STYLE = Object.fromEntries(ORDER.map((look, index) => [look, index])) as Record<Look, number>;

const font = (size: number, more = ''): string =>
  `<font>${more}<sz val="${size}"/>%<name val="宋体"/></font>`;
const colour = (xml: string, rgb?: string): string => xml.replace('%', rgb ? `<color rgb="${rgb}"/>` : '');
const EDGE = (side: string): string => `<${side} style="thin"><color rgb="FFBFBFBF"/></${side}>`;

/** xl/styles.xml. */
export const STYLES_XML =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  `<numFmts count="${FORMATS.length}">${FORMATS.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code}"/>`).join('')}</numFmts>` +
  `<fonts count="5">${colour(font(10))}${colour(font(10, '<b/>'))}${colour(font(16, '<b/>'))}${colour(font(12, '<b/>'), 'FFC00000')}${colour(font(10, '<u/>'), 'FF0563C1')}</fonts>` +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFE7ECF4"/><bgColor indexed="64"/></patternFill></fill></fills>' +
  `<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${['left', 'right', 'top', 'bottom'].map(EDGE).join('')}<diagonal/></border></borders>` +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${ORDER.length}">${ORDER.map((look) => xf(LOOKS[look])).join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

function xf(look: LookRow): string {
  const apply = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"';
  const open = `<xf numFmtId="${look.format}" fontId="${look.font}" fillId="${look.fill}" borderId="${look.border}" xfId="0" ${apply}`;
  return look.alignment === '' ? `${open}/>` : `${open}><alignment ${look.alignment}/></xf>`;
}
