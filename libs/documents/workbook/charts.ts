/** Where the charts of a sheet stand: one under the other over its columns. */
import { CHART, DRAWING, RELATIONS, XML } from '../ooxml/names.js';
import { escapeXml } from './xml-text.js';

const PLACE = 'http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing';

/** xl/drawings/drawingN.xml: the charts one under the other, each `tall` rows from `first` (0 is row 1) over `columns`. */
export function drawingXml(
  titles: string[],
  { first, tall, columns }: { first: number; tall: number; columns: number },
): string {
  const frames = titles.map((title, i) => {
    const top = first + i * (tall + 1);
    const corner = (name: string, column: number, row: number) =>
      `<xdr:${name}><xdr:col>${column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:${name}>`;
    return (
      `<xdr:twoCellAnchor>${corner('from', 0, top)}${corner('to', columns, top + tall)}` +
      `<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="${i + 2}" name="图${i + 1}" descr="${escapeXml(title)}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>` +
      '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>' +
      `<a:graphic><a:graphicData uri="${CHART}"><c:chart xmlns:c="${CHART}" r:id="rId${i + 1}"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>`
    );
  });
  return `${XML}<xdr:wsDr xmlns:xdr="${PLACE}" xmlns:a="${DRAWING}" xmlns:r="${RELATIONS}">${frames.join('')}</xdr:wsDr>`;
}
