/** The parts of a document's package around its text. */
import { PACKAGE, RELATIONS, TYPE, XML } from '../ooxml/names.js';
import { chartId } from './chart.js';
import { CELL_TWIPS } from './measures.js';
import { FOOTERS } from './page-numbers.js';
import { FONTS, STYLES_XML } from './styles.js';
import { W } from './xml.js';

const WORD = `${TYPE}.wordprocessingml`;

const SETTINGS_XML =
  `${XML}<w:settings ${W}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>` +
  `<w:defaultTabStop w:val="${CELL_TWIPS}"/><w:autoHyphenation w:val="0"/><w:evenAndOddHeaders/>` +
  '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/>' +
  '<w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:useFELayout/>' +
  '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>' +
  '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>';

/** What a computer without the standard's fonts takes for them. */
const SUBSTITUTES: Record<keyof typeof FONTS, string> = {
  fang: '仿宋',
  kai: '楷体',
  hei: 'SimHei',
  title: '华文中宋',
  song: 'SimSun',
};
const FONT_TABLE_XML =
  `${XML}<w:fonts ${W}>` +
  Object.entries(FONTS)
    .map(
      ([font, name]) =>
        `<w:font w:name="${name}"><w:altName w:val="${SUBSTITUTES[font as keyof typeof FONTS]}"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>`,
    )
    .join('') +
  '</w:fonts>';

const relations = (list: [id: string, type: string, target: string][]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const part = (name: string, type: string): string => `<Override PartName="/${name}" ContentType="${type}"/>`;

/**
 * Names and texts of the parts that hold a document together, with its headers by name and its charts in their order; the list of
 * contents stands first, where readers look for it.
 */
export const packageParts = (
  headers: Record<string, string>,
  charts: readonly string[],
): [name: string, xml: string][] => [
  [
    '[Content_Types].xml',
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      part('word/document.xml', `${WORD}.document.main+xml`) +
      part('word/styles.xml', `${WORD}.styles+xml`) +
      part('word/settings.xml', `${WORD}.settings+xml`) +
      part('word/fontTable.xml', `${WORD}.fontTable+xml`) +
      Object.keys(headers)
        .map((name) => part(`word/header-${name}.xml`, `${WORD}.header+xml`))
        .join('') +
      Object.keys(FOOTERS)
        .map((name) => part(`word/footer-${name}.xml`, `${WORD}.footer+xml`))
        .join('') +
      charts.map((_, i) => part(`word/charts/${chartId(i)}.xml`, `${TYPE}.drawingml.chart+xml`)).join('') +
      part('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml') +
      '</Types>',
  ],
  [
    '_rels/.rels',
    relations([
      ['document', `${RELATIONS}/officeDocument`, 'word/document.xml'],
      ['core', `${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    ]),
  ],
  [
    'word/_rels/document.xml.rels',
    relations([
      ['styles', `${RELATIONS}/styles`, 'styles.xml'],
      ['settings', `${RELATIONS}/settings`, 'settings.xml'],
      ['fonts', `${RELATIONS}/fontTable`, 'fontTable.xml'],
      ...Object.keys(headers).map((name): [string, string, string] => [
        name,
        `${RELATIONS}/header`,
        `header-${name}.xml`,
      ]),
      ...Object.keys(FOOTERS).map((name): [string, string, string] => [
        name,
        `${RELATIONS}/footer`,
        `footer-${name}.xml`,
      ]),
      ...charts.map((_, i): [string, string, string] => [
        chartId(i),
        `${RELATIONS}/chart`,
        `charts/${chartId(i)}.xml`,
      ]),
    ]),
  ],
  ['word/styles.xml', STYLES_XML],
  ['word/settings.xml', SETTINGS_XML],
  ['word/fontTable.xml', FONT_TABLE_XML],
  ...Object.entries(FOOTERS).map(([name, xml]): [string, string] => [`word/footer-${name}.xml`, xml]),
  ...Object.entries(headers).map(([name, xml]): [string, string] => [`word/header-${name}.xml`, xml]),
  ...charts.map((xml, i): [string, string] => [`word/charts/${chartId(i)}.xml`, xml]),
];
