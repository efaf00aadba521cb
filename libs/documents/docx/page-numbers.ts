/** “— 1 —” in 四号 宋体: its dashes 7 mm under the type area, one character in from the outer edge (7.5). */
import { DRAWING as MAIN, XML } from '../ooxml/names.js';
import { SIZE } from '../page/geometry.js';
import { MARGIN, twips, UNDER_NUMBER } from './measures.js';
import { doubleRule } from './rules.js';
import { paragraph, run, W } from './xml.js';

const NUMBER = `${run('— ')}<w:fldSimple w:instr=" PAGE ">${run('1')}</w:fldSimple>${run(' —')}`;
const footer = (content: string, more = ''): string =>
  `${XML}<w:ftr ${W}${more && ` ${more}`}>${content}</w:ftr>`;

const upright = (side: 'left' | 'right'): string =>
  footer(paragraph('Footer', NUMBER, { ind: `<w:ind w:${side}="${twips(SIZE.fourth)}"/>`, jc: side }));

const SHAPE = 'http://schemas.microsoft.com/office/word/2010/wordprocessingShape';
/** What a box in a footer is written with; `Requires` names a prefix that must be known at its place. */
const DRAWING =
  'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ' +
  `xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="${SHAPE}"`;

/** A box for the number, in mm; one line of the footer is 20 pt high. */
const BOX = { long: 60, high: 7.06 };
const emu = (millimetres: number): number => Math.round(millimetres * 36_000);

/**
 * On a page set sideways the number stands where it stands on the sheet held upright, reading with it: in a box whose text is turned,
 * at the left of the page as it is seen. The binding edge lies at the top there, so that odd numbers end at the bottom.
 */
function turned(side: 'left' | 'right'): string {
  const foot = (MARGIN.footer + UNDER_NUMBER) / 56.6929;
  const inset = (SIZE.fourth * 25.4) / 72;
  const y = side === 'left' ? 28 + inset : 184 - inset - BOX.long;
  const size = `cx="${emu(BOX.high)}" cy="${emu(BOX.long)}"`;
  const offset = (axis: string, at: number): string =>
    `<wp:position${axis} relativeFrom="page"><wp:posOffset>${emu(at)}</wp:posOffset></wp:position${axis}>`;
  const box =
    `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" ` +
    `layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>${offset('H', foot)}${offset('V', y)}<wp:extent ${size}/>` +
    `<wp:wrapNone/><wp:docPr id="${side === 'right' ? 1 : 2}" name="页码"/><a:graphic xmlns:a="${MAIN}"><a:graphicData uri="${SHAPE}">` +
    `<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext ${size}/></a:xfrm>` +
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>' +
    `<wps:txbx><w:txbxContent>${paragraph('Footer', NUMBER, { jc: side })}</w:txbxContent></wps:txbx>` +
    '<wps:bodyPr vert="vert" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>';
  return footer(paragraph('Footer', box), DRAWING);
}

/** The footers of a file by name. */
export const FOOTERS = {
  odd: upright('right'),
  even: upright('left'),
  'odd-turned': turned('right'),
  'even-turned': turned('left'),
  none: footer(paragraph('Footer', '')),
  letterfoot: footer(doubleRule('thin', 'thick')),
};
