/** Names that every part of an Office Open XML package is written with (ECMA-376 part 1 and 2). */

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
/** Of references inside parts, and before the kind of a relationship. */
export const RELATIONS = `${OFFICE}/relationships`;
export const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
/** Before the content types of parts. */
export const TYPE = 'application/vnd.openxmlformats-officedocument';

export const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006/main';
export const CHART = 'http://schemas.openxmlformats.org/drawingml/2006/chart';
