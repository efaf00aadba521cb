/** Forms: rows of one or two labels, each with its value beside it, ruled, with room to write. */
import type { Field } from '../forms/rows.js';
import { twips, WIDTH } from './measures.js';
import { paragraph, run } from './xml.js';

const LABEL = twips(76);
const HALF = Math.round(WIDTH / 2);
/** Label and value, label and value. */
const COLUMNS = [LABEL, HALF - LABEL, LABEL, WIDTH - HALF - LABEL];
const LINE = twips(19);

/** Where a row has one field its value takes the other columns too. All stay on one page with what is set under them. */
export function formXml(rows: Field[][]): string {
  return (
    '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>' +
    `<w:tblW w:w="${WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>` +
    `<w:tblGrid>${COLUMNS.map((width) => `<w:gridCol w:w="${width}"/>`).join('')}</w:tblGrid>${rows.map(row).join('')}</w:tbl>`
  );
}

function row(fields: Field[]): string {
  const lines = Math.max(...fields.map(({ atLeast = 1 }) => atLeast));
  const cells = fields.map(({ label, value }, i) => {
    const columns = fields.length === 1 ? COLUMNS.slice(1) : COLUMNS.slice(2 * i + 1, 2 * i + 2);
    return cell([LABEL], 'Head12', label) + cell(columns, 'Cell12', value);
  });
  return (
    `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="${lines * LINE}" w:hRule="atLeast"/></w:trPr>` +
    `${cells.join('')}</w:tr>`
  );
}

function cell(columns: number[], style: string, text: string): string {
  const width = columns.reduce((sum, column) => sum + column, 0);
  const span = columns.length > 1 ? `<w:gridSpan w:val="${columns.length}"/>` : '';
  return (
    `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${span}<w:vAlign w:val="center"/></w:tcPr>` +
    `${paragraph(style, run(text), { keepNext: true })}</w:tc>`
  );
}
