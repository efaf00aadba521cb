/** Paragraphs and runs as WordprocessingML. Text is data: whatever somebody typed, the file stays well-formed. */
import { RELATIONS } from '../ooxml/names.js';
import { cleanText } from '../page/clean-text.js';
import { xmlSafe } from '../workbook/xml-text.js';

export const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
export const R = `xmlns:r="${RELATIONS}"`;

/** Text for an element or an attribute. */
export const escaped = (text: string): string =>
  xmlSafe(cleanText(text))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

/** A run of text with properties of its own where they are given; a line feed ends a line inside the paragraph. */
export function run(text: string, properties = ''): string {
  const lines = escaped(text)
    .split('\n')
    .map((line) => (line === '' ? '' : `<w:t xml:space="preserve">${line}</w:t>`));
  return `<w:r>${properties === '' ? '' : `<w:rPr>${properties}</w:rPr>`}${lines.join('<w:br/>')}</w:r>`;
}

/** What a paragraph has over its style, each a finished element. */
export interface ParagraphOptions {
  keepNext?: boolean;
  /** Rules on its sides. */
  borders?: string;
  tabs?: string;
  spacing?: string;
  ind?: string;
  /** `left`, `center` or `right`. */
  jc?: string;
  /** The section that ends with this paragraph. */
  section?: string;
}

/** A paragraph of a style; its elements stand in the order of the schema. */
export function paragraph(style: string, runs: string, options: ParagraphOptions = {}): string {
  const { keepNext, borders, tabs = '', spacing = '', ind = '', jc, section = '' } = options;
  return (
    `<w:p><w:pPr><w:pStyle w:val="${style}"/>${keepNext ? '<w:keepNext/>' : ''}${borders ? `<w:pBdr>${borders}</w:pBdr>` : ''}${tabs}${spacing}${ind}` +
    `${jc ? `<w:jc w:val="${jc}"/>` : ''}${section}</w:pPr>${runs}</w:p>`
  );
}
