/** Media types of what this API answers and takes, beside JSON. */
export const PDF = 'application/pdf';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const CSV = 'text/csv';
/** An old workbook; also what Windows calls a CSV file where Excel is installed. */
export const XLS = 'application/vnd.ms-excel';
