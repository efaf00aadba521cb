/** A workbook to be filled in and imported: the columns with an example, and a second sheet that explains them. */
export type TemplateColumn = { title: string; required: boolean; hint: string; example: string | number };

/** The bytes of an XLSX; required columns are marked with a star. All cells are text, so that codes keep their zeros. */
export async function renderImportTemplate(
  name: string,
  columns: readonly TemplateColumn[],
): Promise<Buffer> {
  // Loaded when first asked for: it is a tenth of the API's start, and most processes are never asked.
  const { default: ExcelJS } = await import('exceljs');
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  const titleOf = (column: TemplateColumn) => `${column.title}${column.required ? '*' : ''}`;
  sheet.columns = columns.map((column) => ({
    header: titleOf(column),
    width: Math.max(10, column.title.length * 2 + 4),
    style: { numFmt: '@' },
  }));
  sheet.addRow(columns.map((column) => column.example));
  const notes = book.addWorksheet('填写说明');
  notes.columns = [
    { header: '列', width: 16 },
    { header: '是否必填', width: 10 },
    { header: '说明', width: 60 },
  ];
  for (const column of columns) notes.addRow([column.title, column.required ? '必填' : '选填', column.hint]);
  for (const each of [sheet, notes]) {
    each.getRow(1).font = { bold: true };
    each.getRow(1).fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE8EEF7' } };
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}
