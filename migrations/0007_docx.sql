-- The text of a circular as an editable file, beside the PDF and the workbook.
ALTER TABLE circular_files
  DROP CONSTRAINT circular_files_format_check,
  ADD CONSTRAINT circular_files_format_check CHECK (format IN ('pdf', 'xlsx', 'docx'));

-- Drafts have two files: the worker makes their documents anew. Issued circulars keep the files they were issued with.
INSERT INTO outbox (district_id, job, key, payload)
SELECT district_id, 'circular.render', 'circular:' || id || ':' || render_revision,
  jsonb_build_object('districtId', district_id, 'circularId', id)
FROM circulars WHERE status = 'draft';
